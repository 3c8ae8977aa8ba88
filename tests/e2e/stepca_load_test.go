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

// load asks for certificates without a pause, each for a name of its own.
type load struct {
	mutex  sync.Mutex
	change *sync.Cond // of the below
	begun  int
	most   int // to begin
	issued []*x509.Certificate
	failed []error
	cut    int

	requesters sync.WaitGroup
}

func startLoad(c *client.Client, requesters, most int) *load {
	l := &load{most: most}
	l.change = sync.NewCond(&l.mutex)
	for range requesters {
		l.requesters.Go(func() {
			for name := l.next(); name != ""; name = l.next() {
				l.count(ask(c, name))
			}
		})
	}
	return l
}

// next is the name of the next request, or empty after the last.
func (l *load) next() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.begun >= l.most {
		return ""
	}
	l.begun++
	return fmt.Sprintf("leaf-%d.example.com", l.begun)
}

// ask asks for a certificate until it is taken on.
func ask(c *client.Client, name string) (leaf *x509.Certificate, cut int, err error) {
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

// cutOff tells of a request that step-ca never looked at: a Go server that
// shuts down, as step-ca's old one does with a reload, closes connections
// whose request it reads after that. Clients have to ask again.
func cutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// again repeats what a reload cut off.
func again(try func() error) error {
	for {
		if err := try(); !cutOff(err) {
			return err
		}
	}
}

// more waits for n more answers.
func (l *load) more(n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	answered := func() int { return len(l.issued) + len(l.failed) }
	for target := answered() + n; answered() < target; {
		l.change.Wait()
	}
}

// wait waits for all answers.
func (l *load) wait() { l.requesters.Wait() }

// stop begins no more, and waits for what is under way.
func (l *load) stop() {
	l.mutex.Lock()
	l.most = l.begun
	l.mutex.Unlock()
	l.wait()
}

// check verifies each certificate with openssl up to the root, and that no
// serial number was used twice. That a certificate is for what was asked for,
// the client has checked.
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
