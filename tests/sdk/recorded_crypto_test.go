package sdk

import (
	"encoding/base64"
	"testing"
)

func decoded(t *testing.T, v any) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(v.(string))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRecordedSigning(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "asymmetric_signing", "rsa_pss_2048_sha256", nil)
	digest := map[string]any{"digest": base64OfADigest}
	one := s.good(t, signFields, "POST", path(k)+"/sign", digest)
	two := s.good(t, signFields, "POST", path(k)+"/sign", digest)
	values(t, "signed", one, map[string]any{"key_id": k["id"]})
	if n := len(decoded(t, one["signature"])); n != 256 || one["signature"] == two["signature"] {
		t.Errorf("a signature of %d bytes; the same when asked for again: %v", n, one["signature"] == two["signature"])
	}
	v := s.good(t, verifyFields, "POST", path(k)+"/verify", map[string]any{
		"digest": base64OfADigest, "signature": one["signature"],
	})
	values(t, "verified", v, map[string]any{"key_id": k["id"], "valid": true})
	other := s.made(t, "asymmetric_signing", "rsa_pss_2048_sha256", nil)
	v = s.good(t, verifyFields, "POST", path(other)+"/verify", map[string]any{
		"digest": base64OfADigest, "signature": one["signature"],
	})
	values(t, "verified by another key", v, map[string]any{"key_id": other["id"], "valid": false})
}

func TestRecordedEncryption(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", nil)
	plain := map[string]any{"plaintext": base64OfASecret, "associated_data": nil}
	one := s.good(t, encryptFields, "POST", path(k)+"/encrypt", plain)
	two := s.good(t, encryptFields, "POST", path(k)+"/encrypt", plain)
	values(t, "encrypted", one, map[string]any{"key_id": k["id"]})
	if one["ciphertext"] == two["ciphertext"] {
		t.Error("encrypted twice, the ciphertexts are the same")
	}
	// A version, the rotation's number, nonce and tag: 33 bytes more than the plaintext.
	c := decoded(t, one["ciphertext"])
	if len(c) != len(decoded(t, base64OfASecret))+33 || string(c[:5]) != "\x01\x00\x00\x00\x01" {
		t.Errorf("the ciphertext %x", c)
	}
	d := s.good(t, decryptFields, "POST", path(k)+"/decrypt", map[string]any{
		"ciphertext": one["ciphertext"], "associated_data": nil,
	})
	values(t, "decrypted", d, map[string]any{"key_id": k["id"], "plaintext": base64OfASecret, "ciphertext": nil})
}

func TestRecordedWrongAssociatedData(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", nil)
	e := s.good(t, encryptFields, "POST", path(k)+"/encrypt", map[string]any{
		"plaintext": base64OfASecret, "associated_data": base64OfADigest,
	})
	a := s.wire(t, "POST", path(k)+"/decrypt", map[string]any{
		"ciphertext": e["ciphertext"], "associated_data": base64OfMaterial,
	})
	checkHeaders(t, a)
	if a.StatusCode != 400 {
		t.Fatalf("want 400: %s %s", a.Status, a.raw)
	}
	o := invalidFields.check(t, "refused", any(a.json))
	values(t, "refused", o, map[string]any{"type": "invalid_arguments", "message": "invalid argument(s)"})
	details := o["details"].([]any)
	if len(details) != 1 {
		t.Fatalf("want one detail: %v", details)
	}
	values(t, "detail", detailFields.check(t, "detail", details[0]), map[string]any{
		"argument_name": "ciphertext", "reason": "constraint", "help_message": "cipher: message authentication failed",
	})
}

func TestRecordedDataKey(t *testing.T) {
	t.Parallel()
	s := shared(t)
	k := s.made(t, "symmetric_encryption", "aes_256_gcm", nil)
	d := s.good(t, dataKeyFields, "POST", path(k)+"/generate-data-key", map[string]any{
		"algorithm": "aes_256_gcm", "without_plaintext": false,
	})
	values(t, "data key", d, map[string]any{"key_id": k["id"], "algorithm": "aes_256_gcm"})
	stamp(t, d, "created_at", nanoseconds)
	if plain, cipher := decoded(t, d["plaintext"]), decoded(t, d["ciphertext"]); len(plain) != 32 || len(cipher) != 65 {
		t.Errorf("a plaintext of %d bytes and a ciphertext of %d", len(plain), len(cipher))
	}
	p := s.good(t, decryptFields, "POST", path(k)+"/decrypt", map[string]any{"ciphertext": d["ciphertext"], "associated_data": nil})
	values(t, "decrypted", p, map[string]any{"plaintext": d["plaintext"], "ciphertext": nil})
	d = s.good(t, dataKeyFields, "POST", path(k)+"/generate-data-key", map[string]any{
		"algorithm": "aes_256_gcm", "without_plaintext": true,
	})
	values(t, "without plaintext", d, map[string]any{"plaintext": nil})
}

// The shape is that of Scaleway's other services, which answer through the same gateway.
func TestRecordedNotFound(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := uuid()
	a := s.wire(t, "GET", "/keys/"+id, nil)
	checkHeaders(t, a)
	if a.StatusCode != 404 {
		t.Fatalf("want 404: %s %s", a.Status, a.raw)
	}
	values(t, "not found", notFoundFields.check(t, "not found", any(a.json)), map[string]any{
		"type": "not_found", "message": "resource is not found", "resource_id": id,
	})
}
