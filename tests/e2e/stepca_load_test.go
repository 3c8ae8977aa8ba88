package e2e

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/client"
	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

// load requests certificates without a pause, each for another name.
type load struct {
	mutex  sync.Mutex
	change *sync.Cond // signalled when a field below changes
	begun  int
	max    int // of begun
	issued []*x509.Certificate
	failed []error
	cut    int

	requesters sync.WaitGroup
}

func startLoad(c *client.Client, requesters, max int) *load {
	l := &load{max: max}
	l.change = sync.NewCond(&l.mutex)
	for range requesters {
		l.requesters.Go(func() {
			for name := l.next(); name != ""; name = l.next() {
				l.count(request(c, name))
			}
		})
	}
	return l
}

// next returns the name of the next request, or "" after the last.
func (l *load) next() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.begun >= l.max {
		return ""
	}
	l.begun++
	return fmt.Sprintf("leaf-%d.example.com", l.begun)
}

// request requests a certificate until step-ca responds.
func request(c *client.Client, name string) (leaf *x509.Certificate, cut int, err error) {
	for ; ; cut++ {
		if leaf, _, err = c.Certificate(name); !cutOff(err) {
			return leaf, cut, err
		}
	}
}

func (l *load) count(leaf *x509.Certificate, cut int, err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	defer l.change.Broadcast()
	l.cut += cut
	if err != nil {
		l.failed = append(l.failed, err)
	} else {
		l.issued = append(l.issued, leaf)
	}
}

// cutOff reports whether the error is that of a request which step-ca did not
// process. When a Go server shuts down, as step-ca's old one does in a reload, it
// closes a connection whose request it has not read. The client must repeat the
// request.
func cutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// retry repeats a call that a reload cut off.
func retry(call func() error) error {
	for {
		if err := call(); !cutOff(err) {
			return err
		}
	}
}

// more waits for n more responses.
func (l *load) more(n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	responses := func() int { return len(l.issued) + len(l.failed) }
	for target := responses() + n; responses() < target; {
		l.change.Wait()
	}
}

// wait waits for all responses.
func (l *load) wait() { l.requesters.Wait() }

// stop waits for the requests in flight, and begins no more.
func (l *load) stop() {
	l.mutex.Lock()
	l.max = l.begun
	l.mutex.Unlock()
	l.wait()
}

// check verifies each certificate and its chain with openssl, and checks that each
// serial number is unique. The client has compared name and key.
func (l *load) check(t *testing.T, config *stepca.Config) {
	t.Helper()
	serials := map[string]bool{}
	var leaves [][]byte
	for _, leaf := range l.issued {
		serials[leaf.SerialNumber.String()] = true
		leaves = append(leaves, pki.PEM(leaf))
	}
	if len(serials) != len(l.issued) {
		t.Errorf("%d certificates have %d serial numbers", len(l.issued), len(serials))
	}
	if _, err := openssl(t).VerifyChain(pki.PEM(config.Root), pki.PEM(config.Intermediate), leaves...); err != nil {
		t.Error(err)
	}
}
