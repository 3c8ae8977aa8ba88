//go:build cgo && !noscwkms

package scwkms_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// signProxy is a proxy in front of the emulator. It holds Sign requests until a test tells it to
// fail them, and forwards others.
type signProxy struct {
	url string
	// arrived receives a value for each Sign request.
	arrived chan struct{}
	// fail makes Sign requests fail with status 503 once it is closed.
	fail chan struct{}
}

func startSignProxy(t *testing.T) *signProxy {
	t.Helper()
	target, err := url.Parse(service.URL)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: service.Client().Transport,
	}
	proxy := &signProxy{arrived: make(chan struct{}, 8), fail: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/sign") {
			forward.ServeHTTP(w, r)
			return
		}
		proxy.arrived <- struct{}{}
		<-proxy.fail
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	proxy.url = server.URL
	return proxy
}
