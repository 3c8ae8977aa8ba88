// Package scwkms is a KMS for step-ca, step-kms-plugin and other programs that use
// go.step.sm/crypto/kms. It signs and decrypts with keys of Scaleway Key Manager, which never leave
// the service. A blank import registers it under the type and URI scheme "scwkms":
//
//	import _ "github.com/scwkms/scwkms/go"
//
// # Clients
//
// The URI of a client has any of the parameters access-key, secret-key, project-id,
// organization-id, region, profile, api-url, config, ca-file, timeout, insecure and verify. Settings
// that it does not have come from Scaleway's environment variables and config file:
//
//	scwkms:
//	scwkms:region=fr-par
//	scwkms:profile=ca;timeout=5s
//
// # Keys
//
// A key reference contains a key's id, or a name that exactly one key has. A region in it takes
// precedence over the client's region:
//
//	8a83f62f-2b00-4e17-9bef-bc10faef3098
//	nl-ams/8a83f62f-2b00-4e17-9bef-bc10faef3098
//	scwkms:8a83f62f-2b00-4e17-9bef-bc10faef3098
//	scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098;region=nl-ams
//	scwkms:name=my-root
//
// # New keys
//
// CreateKey takes a plain name, or a URI with parameters. A new key is protected against deletion
// unless the URI says unprotected=true. The parameter algorithm requests a key for decryption:
//
//	scwkms:name=my-root
//	scwkms:name=scratch;unprotected=true;tags=test,tmp
//	scwkms:name=mailbox;algorithm=rsa_oaep_3072_sha256
//
// # Signatures
//
// P-256 keys and RSA keys sign SHA-256 digests, and P-384 keys sign SHA-384 digests. An RSA key
// makes either PKCS #1 v1.5 or PSS signatures. A request for another signature is an error, and
// nothing is sent.
//
// # Deadlines and cancellation
//
// The parameter timeout, 15 seconds by default, limits each call as a whole. The methods whose names
// end in Context also end when their context is done.
//
// # Building
//
// The package links the scwkms static library, which requires cgo. Without cgo (without a C compiler,
// or for another platform), and with the build tag noscwkms, the package has the same names and
// compiles. Opening a key manager then returns an *Error with CodeInternal, which explains why the
// library is missing and how to include it.
package scwkms
