//go:build cgo && !noscwkms

package scwkms

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

func init() {
	apiv1.Register(Scheme, func(ctx context.Context, opts apiv1.Options) (apiv1.KeyManager, error) {
		k, err := New(ctx, opts)
		if err != nil {
			// Not k: a nil *KMS in an interface is not nil.
			return nil, err
		}
		return k, nil
	})
}

// KMS is a key manager whose keys live in Scaleway Key Manager. Any number of goroutines may use
// it at once. The URI's timeout= (15 seconds by default) limits each call, retries included. A few
// creations, deletions and searches are made at a time, however many are asked for.
type KMS struct {
	client *client
}

var (
	_ apiv1.KeyManager           = (*KMS)(nil)
	_ apiv1.Decrypter            = (*KMS)(nil)
	_ apiv1.KeyDeleter           = (*KMS)(nil)
	_ apiv1.SearchableKeyManager = (*KMS)(nil)
	_ apiv1.NameValidator        = (*KMS)(nil)
)

// New opens a key manager. Nothing is sent yet.
//
// The options' URI is the client's. Region, Profile and CredentialsFile (the path of Scaleway's
// config file) are used where the URI has none of its own. The context is not used, since no later
// call has one.
func New(_ context.Context, opts apiv1.Options) (*KMS, error) {
	c, err := open(clientURI(opts))
	if err != nil {
		return nil, err
	}
	return &KMS{client: c}, nil
}

// clientURI is the options' URI with the other options' values where it has none of its own.
func clientURI(opts apiv1.Options) string {
	text := opts.URI
	if text == "" {
		text = Scheme + ":"
	}
	u, err := parseURI(text)
	if err != nil {
		// The library refuses it too, and explains it without quoting a secret.
		return text
	}
	opaque, query, hasQuery := strings.Cut(text, "?")
	for _, extra := range [...]struct{ name, value string }{
		{"region", opts.Region},
		{"profile", opts.Profile},
		{"config", opts.CredentialsFile},
	} {
		if extra.value != "" && u.Get(extra.name) == "" {
			opaque += ";" + extra.name + "=" + url.QueryEscape(extra.value)
		}
	}
	if hasQuery {
		return opaque + "?" + query
	}
	return opaque
}

// GetPublicKey returns a key's public half.
func (k *KMS) GetPublicKey(req *apiv1.GetPublicKeyRequest) (crypto.PublicKey, error) {
	if req.Name == "" {
		return nil, invalidf("get public key: the request has no name")
	}
	opened, err := k.client.open(req.Name)
	if err != nil {
		return nil, err
	}
	return opened.public, nil
}

// CreateKey creates a key. The request's name is a plain name or a URI that says more; see the
// package's documentation. The answer's name is scwkms:key-id=ID;region=REGION.
//
// Without a signature algorithm the URI's algorithm= counts, else EC P-256. RSA keys have 3072
// bits unless the request says 2048 or 4096. An algorithm= for encryption in the URI wins over the
// request's signature algorithm; one for signing must agree with it.
func (k *KMS) CreateKey(req *apiv1.CreateKeyRequest) (*apiv1.CreateKeyResponse, error) {
	if req.Name == "" {
		return nil, invalidf("create key: the request has no name")
	}
	if req.Extractable {
		return nil, unsupportedf("create key: an extractable key is asked for, but keys never leave Scaleway Key Manager")
	}
	wanted, err := newKeyAlgorithm(req)
	if err != nil {
		return nil, err
	}
	level, err := protectionLevel(req.ProtectionLevel)
	if err != nil {
		return nil, err
	}
	created, err := k.client.create(req.Name, wanted, level)
	if err != nil {
		return nil, err
	}
	opened, err := k.client.open(created.URI)
	if err != nil {
		return nil, fmt.Errorf("scwkms: the key was created and is %s, but its public key could not be read: %w", created.URI, err)
	}
	resp := &apiv1.CreateKeyResponse{Name: created.URI, PublicKey: opened.public}
	if opened.algorithm.signs() {
		resp.CreateSignerRequest = apiv1.CreateSignerRequest{SigningKey: created.URI}
	}
	return resp, nil
}

// CreateSigner returns a signer, after it has fetched the key's public half. A key that does not
// sign is refused. A password in the request is not needed and not used, and a key or a signer in
// place of the name, or beside it, is refused.
func (k *KMS) CreateSigner(req *apiv1.CreateSignerRequest) (crypto.Signer, error) {
	if req.SigningKey == "" {
		return nil, invalidf("create signer: the request has no signing key")
	}
	if req.Signer != nil || len(req.SigningKeyPEM) > 0 || req.TokenLabel != "" || req.PublicKey != "" || len(req.PublicKeyPEM) > 0 {
		return nil, invalidf("create signer: the request holds more than the name of a key; a signer, PEM, " +
			"a public key or a token's label have no meaning for scwkms")
	}
	opened, err := k.client.open(req.SigningKey)
	if err != nil {
		return nil, err
	}
	if !opened.algorithm.signs() {
		return nil, unsupportedf("create signer: key %s is for %s (%s) and cannot sign", opened.uri, opened.usage, opened.algorithm)
	}
	return &Signer{client: k.client, key: opened}, nil
}

// CreateDecrypter returns a decrypter, after it has fetched the key's public half. A key that does
// not decrypt is refused. A password in the request is not needed and not used, and a key or a
// decrypter in place of the name, or beside it, is refused.
func (k *KMS) CreateDecrypter(req *apiv1.CreateDecrypterRequest) (crypto.Decrypter, error) {
	if req.DecryptionKey == "" {
		return nil, invalidf("create decrypter: the request has no decryption key")
	}
	if req.Decrypter != nil || len(req.DecryptionKeyPEM) > 0 {
		return nil, invalidf("create decrypter: the request holds more than the name of a key; a decrypter or PEM " +
			"have no meaning for scwkms")
	}
	opened, err := k.client.open(req.DecryptionKey)
	if err != nil {
		return nil, err
	}
	if opened.algorithm.signs() {
		return nil, unsupportedf("create decrypter: key %s is for %s (%s) and cannot decrypt", opened.uri, opened.usage, opened.algorithm)
	}
	return &Decrypter{client: k.client, key: opened}, nil
}

// DeleteKey schedules a key for deletion; for 7 days it can be restored in Scaleway's console. A
// key that is protected against deletion is refused by the service.
func (k *KMS) DeleteKey(req *apiv1.DeleteKeyRequest) error {
	if req.Name == "" {
		return invalidf("delete key: the request has no name")
	}
	return k.client.remove(req.Name)
}

// ValidateName checks the spelling of a key's name or a URI. Nothing is sent.
func (k *KMS) ValidateName(name string) error {
	return fromC(capi.ValidateName(name))
}

// Close closes the manager, its signers and its decrypters. Calls under way finish; later ones, and
// creations, deletions and searches that wait for their turn, get an error that is ErrClosed. It may
// be called again.
func (k *KMS) Close() error {
	k.client.close()
	return nil
}

// hasNoPublicKey reports whether an error means that a key's public half is not to be had, rather
// than that it could not be fetched.
func hasNoPublicKey(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case CodeUnsupported, CodeNotFound, CodeKeyState, CodeInvalidArgument:
		return true
	default:
		return false
	}
}
