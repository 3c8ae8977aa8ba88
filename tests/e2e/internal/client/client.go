// Package client asks a step-ca for certificates over its API, as a service
// would, with step-ca's own client package.
package client

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/smallstep/certificates/api"
	"github.com/smallstep/certificates/ca"
	"golang.org/x/crypto/ssh"

	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

// Client asks as one provisioner.
type Client struct {
	provisioner *ca.Provisioner
}

// New connects to the CA, trusting nothing but its root. Each request takes a
// connection of its own, so that a reload of the CA meets requests in every
// stage and not only idle connections.
func New(server *stepca.Server, provisioner string) (*Client, error) {
	root, err := os.ReadFile(server.Files.Root)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(root) {
		return nil, errors.New("no root certificate")
	}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DisableKeepAlives: true,
	}
	p, err := ca.NewProvisioner(provisioner, "", server.URL, []byte(stepca.Password), ca.WithTransport(transport))
	if err != nil {
		return nil, fmt.Errorf("provisioner %q: %w", provisioner, err)
	}
	return &Client{provisioner: p}, nil
}

// Certificate gets a certificate for a host name: the leaf, and the chain up
// to but without the root. One for another name or key is an error.
func (c *Client) Certificate(name string) (leaf *x509.Certificate, chain []*x509.Certificate, err error) {
	token, err := c.provisioner.Token(name, name)
	if err != nil {
		return nil, nil, err
	}
	request, _, err := ca.CreateSignRequest(token)
	if err != nil {
		return nil, nil, err
	}
	answer, err := c.provisioner.Sign(request)
	if err != nil {
		return nil, nil, err
	}
	for _, certificate := range answer.CertChainPEM {
		chain = append(chain, certificate.Certificate)
	}
	if len(chain) < 2 {
		return nil, nil, fmt.Errorf("step-ca answered with a chain of %d", len(chain))
	}
	if err := isFor(chain[0], name, request.CsrPEM.PublicKey); err != nil {
		return nil, nil, err
	}
	return chain[0], chain[1:], nil
}

func isFor(leaf *x509.Certificate, name string, key any) error {
	if public, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(key) {
		return errors.New("step-ca issued a certificate for another key")
	}
	return leaf.VerifyHostname(name)
}

// Revoke revokes a certificate, by its own token.
func (c *Client) Revoke(certificate *x509.Certificate) error {
	serial := certificate.SerialNumber.String()
	audience := c.provisioner.Audience()
	c.provisioner.SetAudience(c.provisioner.GetCaURL() + "/1.0/revoke")
	defer c.provisioner.SetAudience(audience)
	token, err := c.provisioner.Token(serial)
	if err != nil {
		return err
	}
	_, err = c.provisioner.Client.Revoke(&api.RevokeRequest{Serial: serial, OTT: token, Passive: true}, nil)
	return err
}

// SSHCertificate gets an SSH certificate, certType being "user" or "host".
func (c *Client) SSHCertificate(certType string, key ssh.PublicKey, principal string) (*ssh.Certificate, error) {
	token, err := c.provisioner.SSHToken(certType, principal, []string{principal})
	if err != nil {
		return nil, err
	}
	answer, err := c.provisioner.SSHSign(&api.SSHSignRequest{
		PublicKey:  key.Marshal(),
		OTT:        token,
		CertType:   certType,
		KeyID:      principal,
		Principals: []string{principal},
	})
	if err != nil {
		return nil, err
	}
	return answer.Certificate.Certificate, nil
}

// SSHRoots are the keys that users and hosts are to trust.
func (c *Client) SSHRoots() (user, host []ssh.PublicKey, err error) {
	answer, err := c.provisioner.SSHRoots()
	if err != nil {
		return nil, nil, err
	}
	for _, key := range answer.UserKeys {
		user = append(user, key.PublicKey)
	}
	for _, key := range answer.HostKeys {
		host = append(host, key.PublicKey)
	}
	return user, host, nil
}
