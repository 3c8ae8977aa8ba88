package sdk

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// answer is what came over HTTPS, before any SDK sees it.
type answer struct {
	*http.Response
	raw  []byte
	json map[string]any
}

// send makes one plain request; a nil content sends no body.
func (e *emulator) send(t *testing.T, token, method, url string, content any) answer {
	t.Helper()
	var reader io.Reader
	if content != nil {
		b, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(b)
	}
	q, err := http.NewRequest(method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("X-Auth-Token", token)
	}
	if content != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	resp, err := e.http.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	a := answer{Response: resp}
	if a.raw, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(a.raw, &a.json)
	return a
}

// wire speaks to Key Manager's API in the emulator's region.
func (e *emulator) wire(t *testing.T, method, path string, content any) answer {
	t.Helper()
	return e.send(t, e.SecretKey, method, e.URL+"/key-manager/v1alpha1/regions/"+e.Region+path, content)
}

// admin speaks to the emulator itself, and decodes what it says into out.
func (e *emulator) admin(t *testing.T, method, path string, content, out any) {
	t.Helper()
	a := e.send(t, "", method, e.AdminURL+path, content)
	if a.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s", method, path, a.Status, a.raw)
	}
	if out != nil {
		if err := json.Unmarshal(a.raw, out); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, a.raw)
		}
	}
}
