// Package client requests certificates from a step-ca over its API, with
// step-ca's own client package.
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

// Client is a client of step-ca that uses one provisioner.
type Client struct {
	provisioner *ca.Provisioner
}

// New makes a client that trusts only the CA's root. Each request uses a new
// connection, so that a reload of the CA occurs at every stage of a request,
// and not only while connections are idle.
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

// Certificate requests a certificate for a host name. It returns the leaf, and
// the chain without the root. A certificate for another name or key is an
// error.
func (c *Client) Certificate(name string) (leaf *x509.Certificate, chain []*x509.Certificate, err error) {
	token, err := c.provisioner.Token(name, name)
	if err != nil {
		return nil, nil, err
	}
	request, _, err := ca.CreateSignRequest(token)
	if err != nil {
		return nil, nil, err
	}
	response, err := c.provisioner.Sign(request)
	if err != nil {
		return nil, nil, err
	}
	for _, certificate := range response.CertChainPEM {
		chain = append(chain, certificate.Certificate)
	}
	if len(chain) < 2 {
		return nil, nil, fmt.Errorf("step-ca returned a chain of %d certificates", len(chain))
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

// Revoke revokes a certificate with a token of its own.
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

// SSHCertificate requests an SSH certificate; certType is "user" or "host".
func (c *Client) SSHCertificate(certType string, key ssh.PublicKey, principal string) (*ssh.Certificate, error) {
	token, err := c.provisioner.SSHToken(certType, principal, []string{principal})
	if err != nil {
		return nil, err
	}
	response, err := c.provisioner.SSHSign(&api.SSHSignRequest{
		PublicKey:  key.Marshal(),
		OTT:        token,
		CertType:   certType,
		KeyID:      principal,
		Principals: []string{principal},
	})
	if err != nil {
		return nil, err
	}
	return response.Certificate.Certificate, nil
}

// SSHRoots returns the public keys of the two SSH authorities: the one that
// signs users' certificates, and the one that signs hosts' certificates.
func (c *Client) SSHRoots() (user, host []ssh.PublicKey, err error) {
	response, err := c.provisioner.SSHRoots()
	if err != nil {
		return nil, nil, err
	}
	for _, key := range response.UserKeys {
		user = append(user, key.PublicKey)
	}
	for _, key := range response.HostKeys {
		host = append(host, key.PublicKey)
	}
	return user, host, nil
}
