package scwkmstest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
)

// newClient makes a client for an emulator, which trusts nothing but the emulator's certificate
// authority and uses no proxy.
func newClient(address, caFile string) (*http.Client, error) {
	if err := checkLoopback(address); err != nil {
		return nil, err
	}
	// Without a file the pool is empty, so that no certificate is trusted.
	roots := x509.NewCertPool()
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, err
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s contains no certificate", caFile)
		}
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	return &http.Client{Timeout: maxWait, Transport: transport}, nil
}

func checkLoopback(address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return err
	}
	host := parsed.Hostname()
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s is not on loopback", address)
	}
	return nil
}

// Client returns the HTTP client that the methods of Emulator use. Its Transport is an
// *http.Transport.
func (e *Emulator) Client() *http.Client { return e.client }

// Response is an HTTP response whose body was read.
type Response struct {
	*http.Response
	Content []byte
}

// Send sends one request to a URL of the emulator, with the token in X-Auth-Token unless it is
// empty. A body other than nil is sent as JSON. A response with an error status is not an error.
func (e *Emulator) Send(method, address, token string, body any) (*Response, error) {
	request, err := newRequest(method, address, body)
	if err != nil {
		return nil, err
	}
	if token != "" {
		request.Header.Set("X-Auth-Token", token)
	}
	response, err := e.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &Response{response, content}, nil
}

func newRequest(method, address string, body any) (*http.Request, error) {
	if body == nil {
		return http.NewRequest(method, address, nil)
	}
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, address, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	return request, nil
}

// call sends a request whose status must be 2xx, and decodes the response's JSON into out unless it
// is nil.
func (e *Emulator) call(method, address, token string, body, out any) error {
	response, err := e.Send(method, address, token, body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, address, response.Status, response.Content)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(response.Content, out); err != nil {
		return fmt.Errorf("%s %s: %w: %s", method, address, err, response.Content)
	}
	return nil
}

// KeyManagerURL returns the URL of an endpoint of Key Manager in a region, such as "/keys"; "" is
// the emulator's own region.
func (e *Emulator) KeyManagerURL(region, path string) string {
	if region == "" {
		region = e.Region
	}
	return e.URL + "/key-manager/v1alpha1/regions/" + region + path
}

// KeyManager calls an endpoint of Key Manager, without scwkms. The path is as for KeyManagerURL; the
// status must be 2xx; out, if not nil, receives the response's JSON.
func (e *Emulator) KeyManager(method, region, path string, body, out any) error {
	return e.call(method, e.KeyManagerURL(region, path), e.SecretKey, body, out)
}

// Admin calls an endpoint that controls the emulator, such as "/stats".
func (e *Emulator) Admin(method, path string, body, out any) error {
	return e.call(method, e.AdminURL+path, "", body, out)
}
