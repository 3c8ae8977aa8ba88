//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"context"
	"crypto"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/go/internal/capi"
)

// maxQueuedEvents is the number of events that wait for an observer.
const maxQueuedEvents = 4096

// recorder is an observer that keeps the events.
type recorder struct {
	mutex  sync.Mutex
	events []scwkms.Event
}

func (r *recorder) Observe(e scwkms.Event) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.events = append(r.events, e)
}

// of returns the events of a kind.
func (r *recorder) of(kind scwkms.EventKind) (events []scwkms.Event) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, e := range r.events {
		if e.Kind == kind {
			events = append(events, e)
		}
	}
	return events
}

func setObserver(t *testing.T, observer scwkms.Observer) {
	t.Helper()
	if err := scwkms.SetObserver(observer); err != nil {
		t.Fatal(err)
	}
}

// observed returns the events that happen during a function.
func observed(t *testing.T, run func()) *recorder {
	t.Helper()
	r := &recorder{}
	setObserver(t, r)
	// Removing the observer delivers its last events.
	defer setObserver(t, nil)
	run()
	return r
}

// useWithEvents signs, fails, and opens a client whose settings cause a warning.
func useWithEvents(t *testing.T, key serviceKey) {
	t.Helper()
	manager := open(t, "insecure", "true")
	signer := signerOf(t, manager, key.uri())
	if _, err := signer.Sign(nil, make([]byte, 32), crypto.SHA256); err != nil {
		t.Error(err)
	}
	_, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: noKey})
	wantError(t, err, scwkms.CodeNotFound)
}

func TestObserver(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	events := observed(t, func() { useWithEvents(t, key) })
	var signed, failed int
	for _, e := range events.of(scwkms.EventOperation) {
		switch {
		case e.Operation == "sign" && e.KeyID == key.ID:
			signed++
			if e.Code != 0 || e.HTTPStatus != 200 || e.Requests != 1 || e.Attempts != 1 || e.Region != "fr-par" || e.RequestID == "" || e.Duration <= 0 {
				t.Errorf("the event of a signature is %+v", e)
			}
		case e.Code == scwkms.CodeNotFound:
			failed++
			if e.HTTPStatus != 404 || e.Message == "" || e.KeyID != noKey {
				t.Errorf("the event of a failure is %+v", e)
			}
		}
	}
	if signed != 1 || failed != 1 {
		t.Errorf("%d signatures and %d failures", signed, failed)
	}
	if warnings := events.of(scwkms.EventWarning); len(warnings) != 1 || !strings.Contains(warnings[0].Message, "insecure") {
		t.Errorf("the warnings are %+v", warnings)
	}
	if opened := events.of(scwkms.EventConnectionOpened); len(opened) == 0 || opened[0].Protocol != "h2" || opened[0].Server == "" {
		t.Errorf("the connections are %+v", opened)
	}
	again := observed(t, func() {})
	if len(again.of(scwkms.EventOperation)) != 0 {
		t.Error("a new observer receives the events of the last one")
	}
}

func TestLogObserver(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	var output bytes.Buffer
	setObserver(t, scwkms.NewLogObserver(slog.NewTextHandler(&output, &slog.HandlerOptions{Level: slog.LevelDebug})))
	useWithEvents(t, key)
	setObserver(t, nil)
	for _, line := range []string{
		`level=DEBUG msg="scwkms: operation" operation=sign region=fr-par key_id=` + key.ID + " http_status=200 ",
		`level=WARN msg="scwkms: operation" operation=`,
		`level=WARN msg="scwkms: warning" message=`,
		`level=DEBUG msg="scwkms: connection opened" `,
	} {
		if !strings.Contains(output.String(), line) {
			t.Errorf("%q is not in:\n%s", line, output.String())
		}
	}
}

func TestEventsHoldNoSecret(t *testing.T) {
	const digest = "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"
	key := keyOf(t, "ec_p256_sha256")
	events := observed(t, func() {
		signer := signerOf(t, open(t), key.uri())
		for _, status := range []int{200, 400, 403} {
			service.In(t).Fail("Sign", 1, fault{"kind": "status", "status": status, "body": "you sent " + service.SecretKey + digest})
			_, err := signer.Sign(nil, []byte(digest), crypto.SHA256)
			wantNoSecret(t, err)
		}
	})
	if len(events.events) < 4 {
		t.Fatalf("only %d events", len(events.events))
	}
	for _, secret := range []string{service.SecretKey, digest, "WlpaWlpa", "5a5a5a5a"} {
		if strings.Contains(fmt.Sprintf("%#v", events.events), secret) {
			t.Errorf("a secret is in an event: %q", secret)
		}
	}
}

// failLocally performs operations that fail without a request.
func failLocally(t *testing.T, key serviceKey, number int) {
	t.Helper()
	client, failure := capi.Open(clientURI())
	if failure != nil {
		t.Fatal(failure.Message)
	}
	defer capi.Free(client)
	for range number {
		if _, failure := capi.Sign(client, key.uri(), 0, make([]byte, 31)); failure == nil {
			t.Fatal("a digest of 31 bytes was signed")
		}
	}
}

// The observer does not return for a long time. Operations do not wait for it, and the events that
// find the queue full are counted.
func TestSlowObserver(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	r, entered, release := &recorder{}, make(chan struct{}), make(chan struct{})
	var once sync.Once
	setObserver(t, scwkms.ObserverFunc(func(e scwkms.Event) {
		once.Do(func() { close(entered); <-release })
		r.Observe(e)
	}))
	failLocally(t, key, 1)
	<-entered
	failLocally(t, key, maxQueuedEvents+10)
	close(release)
	setObserver(t, nil)
	dropped := r.of(scwkms.EventsDropped)
	if len(dropped) != 1 || dropped[0].Dropped < 10 {
		t.Errorf("the events are %+v", dropped)
	}
	if got := len(r.of(scwkms.EventOperation)); got < maxQueuedEvents-10 || got > maxQueuedEvents+10 {
		t.Errorf("%d operations were reported", got)
	}
}

func TestPanicOfObserver(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	var output bytes.Buffer
	previous := slog.Default()
	defer slog.SetDefault(previous)
	slog.SetDefault(slog.New(slog.NewTextHandler(&output, nil)))
	calls := 0
	setObserver(t, scwkms.ObserverFunc(func(scwkms.Event) { calls++; panic("on purpose") }))
	manager, err := scwkms.New(context.Background(), apiv1.Options{URI: clientURI()})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	_, err = signerOf(t, manager, key.uri()).Sign(nil, make([]byte, 32), crypto.SHA256)
	setObserver(t, nil)
	if err != nil || calls < 2 || !strings.Contains(output.String(), "on purpose") {
		t.Errorf("%d calls, error %v, output %q", calls, err, output.String())
	}
}
