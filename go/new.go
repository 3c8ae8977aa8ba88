package scwkms

import (
	"context"
	"net/url"
	"strings"

	"go.step.sm/crypto/kms/apiv1"
	"go.step.sm/crypto/kms/uri"

	"github.com/scwkms/scwkms/go/internal/capi"
)

func init() {
	apiv1.Register(Scheme, func(ctx context.Context, opts apiv1.Options) (apiv1.KeyManager, error) {
		k, err := New(ctx, opts)
		if err != nil {
			// Not k: an interface that holds a nil *KMS is not nil.
			return nil, err
		}
		return k, nil
	})
}

// New opens a key manager. It sends nothing, so it does not use the context.
//
// The options' URI is the client's URI. Region, Profile and CredentialsFile (the path of Scaleway's
// config file) are used if the URI does not set them. The other options are ignored.
//
// A program that keeps a key manager for its lifetime need not close it.
func New(_ context.Context, opts apiv1.Options) (*KMS, error) {
	if err := checkABI(abiVersions()); err != nil {
		return nil, err
	}
	c, err := openClient(clientURI(opts))
	if err != nil {
		return nil, err
	}
	return &KMS{client: c}, nil
}

// abiVersions is a variable so that a test can replace it.
var abiVersions = capi.ABIVersions

// checkABI compares the versions of the header and of the library. If they differ, no other function
// of the library may be called.
func checkABI(header, library uint32) error {
	if header == library {
		return nil
	}
	return errorf(CodeInternal, "this program was compiled with version %d of scwkms.h, but linked with a library of "+
		"version %d; install header, library and Go package of the same release and build the program again", header, library)
}

// clientURI returns the options' URI, extended by the other options that it does not set.
func clientURI(opts apiv1.Options) string {
	text := opts.URI
	if text == "" {
		text = Scheme + ":"
	}
	u, err := parseURI(text)
	if err != nil {
		// The library refuses it, too, and explains why without quoting a secret.
		return text
	}
	opaque, query, hasQuery := strings.Cut(text, "?")
	for _, option := range [...]struct{ name, value string }{
		{"region", opts.Region},
		{"profile", opts.Profile},
		{"config", opts.CredentialsFile},
	} {
		if option.value != "" && u.Get(option.name) == "" {
			opaque += ";" + option.name + "=" + url.QueryEscape(option.value)
		}
	}
	if hasQuery {
		return opaque + "?" + query
	}
	return opaque
}

// parseURI parses a URI of the scheme as the library does. In the query, Go's url.ParseQuery drops
// parameters that a semicolon separates, so they are separated by ampersands first.
func parseURI(text string) (*uri.URI, error) {
	opaque, query, hasQuery := strings.Cut(text, "?")
	if hasQuery {
		text = opaque + "?" + strings.ReplaceAll(query, ";", "&")
	}
	return uri.ParseWithScheme(Scheme, text)
}
