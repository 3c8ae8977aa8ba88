package sdk

import (
	"net/http"
	"testing"
)

// The SDK works over each protocol that the emulator offers.
func TestEveryTransport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what    string
		options []string
		choose  func(*http.Protocols)
		major   int
	}{
		{"HTTP/1.1 over TLS", nil, func(p *http.Protocols) { p.SetHTTP1(true) }, 1},
		{"HTTP/2 over TLS", nil, func(p *http.Protocols) { p.SetHTTP2(true) }, 2},
		{"plain HTTP/1.1", []string{"--plain"}, func(p *http.Protocols) { p.SetHTTP1(true) }, 1},
		{"plain HTTP/2", []string{"--plain"}, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }, 2},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			s := private(t, c.options...)
			transport := s.http.Transport.(*http.Transport)
			transport.ForceAttemptHTTP2, transport.Protocols = false, new(http.Protocols)
			c.choose(transport.Protocols)
			k := s.create(t, "ec_p256_sha256")
			digest := random(32)
			if err := goVerify(t, "ec_p256_sha256", s.publicKey(t, k.ID), digest, s.sign(t, k.ID, digest)); err != nil {
				t.Error(err)
			}
			if a := s.wire(t, "GET", "/keys/"+k.ID, nil); a.ProtoMajor != c.major || a.StatusCode != 200 {
				t.Errorf("it came over %s: %s", a.Proto, a.Status)
			}
		})
	}
}
