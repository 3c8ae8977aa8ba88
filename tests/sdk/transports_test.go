package sdk

import (
	"net/http"
	"testing"
)

func TestEveryTransport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what    string
		args    []string
		choose  func(*http.Protocols)
		version string
	}{
		{"HTTP/1.1 over TLS", nil, func(p *http.Protocols) { p.SetHTTP1(true) }, "HTTP/1.1"},
		{"HTTP/2 over TLS", nil, func(p *http.Protocols) { p.SetHTTP2(true) }, "HTTP/2.0"},
		{"unencrypted HTTP/1.1", []string{"--plain"}, func(p *http.Protocols) { p.SetHTTP1(true) }, "HTTP/1.1"},
		{"unencrypted HTTP/2", []string{"--plain"}, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }, "HTTP/2.0"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			s := private(t, c.args...)
			transport := s.Client().Transport.(*http.Transport)
			transport.ForceAttemptHTTP2, transport.Protocols = false, new(http.Protocols)
			c.choose(transport.Protocols)
			k := s.create(t, "ec_p256_sha256")
			digest := random(32)
			if err := goVerify(t, "ec_p256_sha256", s.publicKey(t, k.ID), digest, s.sign(t, k.ID, digest)); err != nil {
				t.Error(err)
			}
			for _, request := range s.In(t).Requests() {
				if request.HTTPVersion != c.version {
					t.Errorf("%s over %s", request.Operation, request.HTTPVersion)
				}
			}
		})
	}
}
