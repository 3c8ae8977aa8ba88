// Package scwsdk is a signer on Scaleway's SDK, as a pure Go KMS for step-ca would implement it.
package scwsdk

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
	"github.com/scaleway/scaleway-sdk-go/scw"
)

// Signer signs with one key.
type Signer struct {
	api    *km.API
	key    *km.Key
	public crypto.PublicKey
}

var _ crypto.Signer = (*Signer)(nil)

// NewSigner reads the settings from the environment, and fetches the key and its public key.
func NewSigner(id string) (*Signer, error) {
	roots, err := authorities()
	if err != nil {
		return nil, err
	}
	// The SDK's own HTTP client, with the emulator's authority.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	client, err := scw.NewClient(scw.WithEnv(), scw.WithHTTPClient(&http.Client{Timeout: 30 * time.Second, Transport: transport}))
	if err != nil {
		return nil, err
	}
	api := km.NewAPI(client)
	key, err := api.GetKey(&km.GetKeyRequest{KeyID: id})
	if err != nil {
		return nil, err
	}
	response, err := api.GetPublicKey(&km.GetPublicKeyRequest{KeyID: id})
	if err != nil {
		return nil, err
	}
	public, err := parse(response.Pem)
	if err != nil {
		return nil, err
	}
	return &Signer{api, key, public}, nil
}

func authorities() (*x509.CertPool, error) {
	text, err := os.ReadFile(os.Getenv("SCWKMS_CA_FILE"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, errors.New("SCWKMS_CA_FILE holds no certificate")
	}
	return roots, nil
}

func parse(text string) (crypto.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the public key is not in PEM")
	}
	if block.Type == "RSA PUBLIC KEY" {
		return x509.ParsePKCS1PublicKey(block.Bytes)
	}
	return x509.ParsePKIXPublicKey(block.Bytes)
}

// Public returns the public key.
func (s *Signer) Public() crypto.PublicKey { return s.public }

// Sign requests the signature of a digest.
func (s *Signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if len(digest) != opts.HashFunc().Size() {
		return nil, fmt.Errorf("the digest has %d bytes", len(digest))
	}
	response, err := s.api.Sign(&km.SignRequest{KeyID: s.key.ID, Digest: digest})
	if err != nil {
		return nil, err
	}
	return response.Signature, nil
}

// IsRateLimited reports whether the service refused a request because of its rate limit.
func IsRateLimited(err error) bool {
	var response *scw.ResponseError
	return errors.As(err, &response) && response.StatusCode == http.StatusTooManyRequests
}
