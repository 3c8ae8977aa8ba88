package sdk

import (
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The facts below were learnt from Scaleway's live service in July and August 2026: what it answers, byte
// for byte where that matters, to the requests that its Terraform provider makes. They are checked over
// plain HTTPS, since the SDK hides field sets, nulls and headers.

// fields is an object's exact set of fields, each with the JSON types that it may have.
type fields map[string]string

var keyFields = fields{
	"id": "string", "project_id": "string", "name": "string", "usage": "object", "state": "string",
	"rotation_count": "number", "created_at": "string", "updated_at": "string", "protected": "bool", "locked": "bool",
	"description": "null or string", "tags": "list", "rotated_at": "null or string", "rotation_policy": "null or object",
	"origin": "string", "deletion_requested_at": "null or string", "protection_level": "string", "region": "string",
}

var (
	signFields       = fields{"key_id": "string", "signature": "string"}
	verifyFields     = fields{"key_id": "string", "valid": "bool"}
	encryptFields    = fields{"key_id": "string", "ciphertext": "string"}
	decryptFields    = fields{"key_id": "string", "plaintext": "string", "ciphertext": "null or string"}
	dataKeyFields    = fields{"key_id": "string", "algorithm": "string", "ciphertext": "string", "plaintext": "null or string", "created_at": "string"}
	listFields       = fields{"keys": "list", "total_count": "number"}
	invalidFields    = fields{"type": "string", "message": "string", "details": "list"}
	detailFields     = fields{"argument_name": "string", "reason": "string", "help_message": "string"}
	notFoundFields   = fields{"type": "string", "message": "string", "resource": "string", "resource_id": "string"}
	microseconds     = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`)
	nanoseconds      = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$`)
	lowercaseUUID    = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	recordedHeaders  = []string{"Content-Type", "Date", "Server", "X-Request-Id"}
	base64OfASecret  = base64.StdEncoding.EncodeToString([]byte("a recorded secret"))
	base64OfADigest  = base64.StdEncoding.EncodeToString(make([]byte, 32))
	base64OfMaterial = base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef"))
)

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "list"
	}
	return "object"
}

func (f fields) check(t *testing.T, what string, v any) map[string]any {
	t.Helper()
	o, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%s: want an object, got %v", what, v)
	}
	same(t, what+": fields", slices.Sorted(maps.Keys(o)), slices.Sorted(maps.Keys(f)))
	for name, kinds := range f {
		if !slices.Contains(strings.Split(kinds, " or "), kindOf(o[name])) {
			t.Errorf("%s: %s is %s, want %s", what, name, kindOf(o[name]), kinds)
		}
	}
	return o
}

// values checks fields that are not free to vary.
func values(t *testing.T, what string, o map[string]any, want map[string]any) {
	t.Helper()
	for name, v := range want {
		if o[name] != v {
			t.Errorf("%s: want the %s %v, got %v", what, name, v, o[name])
		}
	}
}

// good is a request that the service answered with 200 and JSON.
func (s *service) good(t *testing.T, f fields, method, path string, content any) map[string]any {
	t.Helper()
	a := s.wire(t, method, path, content)
	checkHeaders(t, a)
	if a.StatusCode != 200 {
		t.Fatalf("%s %s: %s %s", method, path, a.Status, a.raw)
	}
	return f.check(t, method+" "+path, any(a.json))
}

// gone is a request that the service answered with 204, and with a media type for the nothing it says.
func (s *service) gone(t *testing.T, method, path string, content any) {
	t.Helper()
	a := s.wire(t, method, path, content)
	checkHeaders(t, a)
	if a.StatusCode != 204 || len(a.raw) != 0 || a.Header.Get("Content-Length") != "" {
		t.Errorf("%s %s: want 204 and no body: %s %v %s", method, path, a.Status, a.Header, a.raw)
	}
}

func checkHeaders(t *testing.T, a answer) {
	t.Helper()
	for _, name := range recordedHeaders {
		if a.Header.Get(name) == "" {
			t.Errorf("%s: no header %s: %v", a.Request.URL.Path, name, a.Header)
		}
	}
	if a.Header.Get("Content-Type") != "application/json" || !lowercaseUUID.MatchString(a.Header.Get("X-Request-Id")) {
		t.Errorf("%s: headers %v", a.Request.URL.Path, a.Header)
	}
	if a.ProtoMajor != 2 {
		t.Errorf("%s: came over %s, the gateway speaks HTTP/2", a.Request.URL.Path, a.Proto)
	}
}

// made creates a key with the body that the Terraform provider sends, which knows no protection_level.
func (s *service) made(t *testing.T, usage, algorithm string, more map[string]any) map[string]any {
	t.Helper()
	content := map[string]any{
		"project_id": s.ProjectID, "name": "recorded", "usage": map[string]any{usage: algorithm}, "tags": nil,
		"unprotected": true, "origin": "unknown_origin",
	}
	maps.Copy(content, more)
	k := s.good(t, keyFields, "POST", "/keys", content)
	if got := k["usage"].(map[string]any); len(got) != 1 || got[usage] != algorithm {
		t.Errorf("want the usage %s %s alone, got %v", usage, algorithm, got)
	}
	return k
}

func (s *service) gotten(t *testing.T, k map[string]any) map[string]any {
	t.Helper()
	return s.good(t, keyFields, "GET", path(k), nil)
}

func path(k map[string]any) string { return "/keys/" + k["id"].(string) }

func stamp(t *testing.T, k map[string]any, name string, form *regexp.Regexp) time.Time {
	t.Helper()
	text, _ := k[name].(string)
	if !form.MatchString(text) {
		t.Errorf("%s is %v, want the form %s", name, k[name], form)
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return at
}
