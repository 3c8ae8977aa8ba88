package e2e

import (
	"errors"
	"io"
	"sync"
	"syscall"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/client"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

// load asks for certificates without a pause until it is stopped.
type load struct {
	mutex   sync.Mutex
	change  *sync.Cond // of the below
	issued  int
	cut     int
	lost    error // the first
	stopped bool

	requesters sync.WaitGroup
}

func startLoad(c *client.Client, requesters int) *load {
	l := &load{}
	l.change = sync.NewCond(&l.mutex)
	for range requesters {
		l.requesters.Go(func() {
			for {
				_, _, err := c.Certificate("leaf.example.com")
				if !l.count(err) {
					return
				}
			}
		})
	}
	return l
}

// count notes the outcome of a request, and tells whether to go on.
func (l *load) count(err error) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	defer l.change.Broadcast()
	switch {
	case err == nil:
		l.issued++
	case cutOff(err):
		l.cut++
	case l.lost == nil:
		l.lost = err
	}
	return l.lost == nil && !l.stopped
}

// cutOff tells of a request that step-ca never looked at: a Go server that
// shuts down, as step-ca's old one does with a reload, closes connections
// whose request it reads after that. Clients have to ask again.
func cutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
}

// more waits for n more certificates, or for a loss.
func (l *load) more(n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for target := l.issued + n; l.issued < target && l.lost == nil; {
		l.change.Wait()
	}
}

func (l *load) stop() {
	l.mutex.Lock()
	l.stopped = true
	l.mutex.Unlock()
	l.requesters.Wait()
}

// TestStepCAReloadsUnderLoad has step-ca open the key manager anew and close
// the old one, again and again, with requests in every stage. Whatever step-ca
// took on is answered with a certificate, and whatever was signed arrives.
func TestStepCAReloadsUnderLoad(t *testing.T) {
	const requesters, reloads = 16, 4
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	server := mustStart(t, config)
	signedBefore := requests(t, "Sign")
	load := startLoad(connect(t, server), requesters)
	for n := range reloads {
		load.more(requesters)
		// The service is slow for a while: signatures are under way when the
		// key manager is replaced.
		if err := service.Delay("Sign", requesters, 100); err != nil {
			t.Fatal(err)
		}
		name := "added-" + string(rune('a'+n))
		if err := server.Reload(func(c *stepca.Config) { c.Provisioners = append(c.Provisioners, name) }); err != nil {
			t.Fatal(err)
		}
		if err := again(func() error { _, err := client.New(server, name); return err }); err != nil {
			t.Errorf("the configuration was not read again: %v", err)
		}
	}
	load.more(requesters)
	load.stop()
	if load.lost != nil {
		t.Errorf("a request was lost after %d: %v", load.issued, load.lost)
	}
	// Each reload signs a certificate for step-ca itself.
	if signed := requests(t, "Sign") - signedBefore; signed != load.issued+reloads {
		t.Errorf("%d signatures were made, for %d certificates and %d reloads", signed, load.issued, reloads)
	}
	t.Logf("%d certificates over %d reloads, %d requests cut off before step-ca read them", load.issued, reloads, load.cut)
}

// again repeats what a reload cut off.
func again(try func() error) error {
	for {
		if err := try(); !cutOff(err) {
			return err
		}
	}
}
