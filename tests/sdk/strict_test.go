package sdk

import (
	"strings"
	"testing"
)

// What the official SDK cannot even send, the emulator must refuse, or it would hide a client's mistakes.
func TestStrictness(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "ec_p256_sha256").ID
	for _, c := range []struct {
		what, method, path string
		content            any
		argument, reason   string
	}{
		{"an unknown field", "POST", "/keys/" + id + "/sign", map[string]any{"digest": base64OfADigest, "colour": "red"}, "colour", "unknown"},
		{"a number for bytes", "POST", "/keys/" + id + "/sign", map[string]any{"digest": 7}, "digest", "format"},
		{"no base64", "POST", "/keys/" + id + "/sign", map[string]any{"digest": "*" + base64OfADigest[1:]}, "digest", "format"},
		{"base64 without padding", "POST", "/keys/" + id + "/sign", map[string]any{"digest": strings.TrimRight(base64OfADigest, "=")}, "digest", "format"},
		{"text for tags", "PATCH", "/keys/" + id, map[string]any{"tags": "red"}, "tags", "format"},
		{"an unknown query parameter", "GET", "/keys?colour=red", nil, "colour", "unknown"},
		{"a page in words", "GET", "/keys?page=one", nil, "page", "format"},
		{"a project that is no id", "GET", "/keys?project_id=mine", nil, "project_id", "format"},
		{"neither true nor false", "GET", "/keys?scheduled_for_deletion=perhaps", nil, "scheduled_for_deletion", "format"},
	} {
		a := s.wire(t, c.method, c.path, c.content)
		if a.StatusCode != 400 || a.json["type"] != "invalid_arguments" {
			t.Errorf("%s: want invalid_arguments: %s %s", c.what, a.Status, a.raw)
			continue
		}
		details := a.json["details"].([]any)
		if len(details) != 1 {
			t.Errorf("%s: want one detail: %v", c.what, details)
			continue
		}
		values(t, c.what, detailFields.check(t, c.what, details[0]), map[string]any{
			"argument_name": c.argument, "reason": c.reason,
		})
	}
}

func TestPathsThatAreNone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	id := s.key(t, "ec_p256_sha256").ID
	for _, path := range []string{"/locks", "/keys/" + id + "/cook", "/keys/" + id + "/sign/again", ""} {
		if a := s.wire(t, "GET", path, nil); a.StatusCode != 404 {
			t.Errorf("GET %s: want 404: %s %s", path, a.Status, a.raw)
		}
	}
	for _, url := range []string{s.URL + "/", s.URL + "/key-manager/v1/regions/" + s.Region + "/keys"} {
		if a := s.send(t, s.SecretKey, "GET", url, nil); a.StatusCode != 404 {
			t.Errorf("GET %s: want 404: %s %s", url, a.Status, a.raw)
		}
	}
	// A path of the API under a method that it does not have.
	if a := s.wire(t, "GET", "/keys/"+id+"/sign", nil); a.StatusCode != 404 && a.StatusCode != 405 {
		t.Errorf("GET sign: want 404 or 405: %s %s", a.Status, a.raw)
	}
}
