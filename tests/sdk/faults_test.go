package sdk

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// fault makes the emulator give one answer of our making to the next call of an operation.
func (s *service) fault(t *testing.T, operation string, fault map[string]any) {
	t.Helper()
	s.admin(t, "POST", "/faults", map[string]any{"operation": operation, "times": 1, "fault": fault}, nil)
}

// What the emulator has no reason of its own to say, a fault makes it say; the SDK must understand each.
func TestErrorsThatOnlyFaultsMake(t *testing.T) {
	t.Parallel()
	s := private(t)
	id := s.create(t, "ec_p256_sha256").ID
	signing := func(status int, text string) error {
		t.Helper()
		s.fault(t, "Sign", map[string]any{"kind": "status", "status": status, "body": json.RawMessage(text)})
		_, err := try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)})
		return err
	}
	denied := as[*scw.PermissionsDeniedError](t, "403", signing(403,
		`{"type":"permissions_denied","message":"insufficient permissions","details":[{"resource":"key","action":"write"}]}`))
	if len(denied.Details) != 1 || denied.Details[0].Action != "write" {
		t.Errorf("%+v", denied)
	}
	quota := as[*scw.QuotasExceededError](t, "403", signing(403,
		`{"type":"quotas_exceeded","message":"too many","details":[{"resource":"key","quota":10,"current":10}]}`))
	if len(quota.Details) != 1 || quota.Details[0].Quota != 10 {
		t.Errorf("%+v", quota)
	}
	state := as[*scw.TransientStateError](t, "409", signing(409,
		`{"type":"transient_state","message":"later","resource":"key","resource_id":"`+id+`","current_state":"updating"}`))
	if state.CurrentState != "updating" || state.ResourceID != id {
		t.Errorf("%+v", state)
	}
	gone := as[*scw.ResourceExpiredError](t, "410", signing(410,
		`{"type":"resource_expired","message":"gone","resource":"key","resource_id":"`+id+`","expired_since":"2020-01-02T03:04:05Z"}`))
	if gone.ExpiredSince.Year() != 2020 {
		t.Errorf("%+v", gone)
	}
	as[*scw.OutOfStockError](t, "409", signing(409, `{"type":"out_of_stock","message":"none left","resource":"key"}`))
	exists := as[*scw.ResponseError](t, "409", signing(409, `{"type":"already_exists","message":"resource already exists"}`))
	if exists.StatusCode != 409 || exists.Type != "already_exists" {
		t.Errorf("%+v", exists)
	}
	for _, status := range []int{429, 500, 503} {
		e := as[*scw.ResponseError](t, "plain", signing(status, `{"message":"not now"}`))
		if e.StatusCode != status || e.Message != "not now" {
			t.Errorf("%d: %+v", status, e)
		}
	}
	// All faults are used up: the key signs again.
	s.sign(t, id, random(32))
}

func TestAnswersThatAreNotJSON(t *testing.T) {
	t.Parallel()
	s := private(t)
	id := s.create(t, "ec_p256_sha256").ID
	for _, kind := range []string{"html", "garbage", "truncate"} {
		s.fault(t, "Sign", map[string]any{"kind": kind})
		if _, err := try(s.Sign, &km.SignRequest{KeyID: id, Digest: random(32)}); err == nil {
			t.Errorf("%s: the SDK takes it for a signature", kind)
		}
	}
	s.sign(t, id, random(32))
}

// Each lie that an answer can be made to tell is noticed by the checks that the other tests rely on.
func TestAnswersThatLie(t *testing.T) {
	t.Parallel()
	s := private(t)
	const name = "ec_p256_sha256"
	id := s.create(t, name).ID
	served := s.publicKey(t, id)
	digest := random(32)
	lie := func(operation, kind string, more map[string]any) {
		t.Helper()
		fault := map[string]any{"kind": kind}
		for k, v := range more {
			fault[k] = v
		}
		s.fault(t, operation, fault)
	}
	for _, kind := range []string{"flip", "other_key"} {
		lie("Sign", kind, nil)
		signature := s.sign(t, id, digest)
		if goVerify(t, name, served, digest, signature) == nil {
			t.Errorf("%s: Go takes the signature for the key's", kind)
		}
		if opensslVerify(t, served, digest, signature, opensslOptions(name)...) == nil {
			t.Errorf("%s: openssl takes the signature for the key's", kind)
		}
	}

	lie("Sign", "raw_ecdsa", nil)
	raw := s.sign(t, id, digest)
	if len(raw) != 64 {
		t.Fatalf("want r and s of 32 bytes each, got %x", raw)
	}
	r, v := new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
	if !ecdsa.Verify(ecKey(t, served), digest, r, v) {
		t.Error("r and s are not the key's signature")
	}

	lie("Sign", "key_id", nil)
	if a := call(t, s.Sign, &km.SignRequest{KeyID: id, Digest: digest}); a.KeyID == id {
		t.Error("the answer names the right key")
	}

	lie("GetPublicKey", "pem", map[string]any{"label": "PUBLIC KEY"})
	block := unwrapPEM(t, s.publicKey(t, id))
	if k, err := x509.ParsePKIXPublicKey(block.Bytes); err != nil || block.Type != "PUBLIC KEY" || !ecKey(t, served).Equal(k) {
		t.Errorf("want the same key under another label: %s %v", block.Type, err)
	}
	lie("GetPublicKey", "bad_pem", nil)
	if block, _ := pem.Decode([]byte(s.publicKey(t, id))); block != nil {
		if _, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			t.Error("the bad PEM is a good one")
		}
	}
	checkVerify(t, s, id, digest, random(32), s.sign(t, id, digest))
}
