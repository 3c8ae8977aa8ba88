// Package scwkms makes Scaleway Key Manager a KMS of step-ca, step-kms-plugin and every other
// program that uses go.step.sm/crypto/kms: it signs and decrypts with keys that never leave the
// service. A blank import registers it under the type and URI scheme "scwkms":
//
//	import _ "github.com/scwkms/scwkms/go"
//
// # Clients
//
// A client's URI holds any of access-key, secret-key, project-id, organization-id, region,
// profile, api-url, config, ca-file, timeout, insecure and verify. What it does not name comes
// from Scaleway's environment variables and config file:
//
//	scwkms:
//	scwkms:region=fr-par
//	scwkms:profile=ca;timeout=5s
//
// # Keys
//
// A key is named by its id, with its region where that is not the client's, or by a name that
// exactly one key has. A key's region wins over the client's:
//
//	8a83f62f-2b00-4e17-9bef-bc10faef3098
//	nl-ams/8a83f62f-2b00-4e17-9bef-bc10faef3098
//	scwkms:8a83f62f-2b00-4e17-9bef-bc10faef3098
//	scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098;region=nl-ams
//	scwkms:name=my-root
//
// # New keys
//
// CreateKey takes a plain name or a URI that says more. A key is protected against deletion
// unless the URI says unprotected=true, and a key for decryption is asked for by its algorithm:
//
//	scwkms:name=my-root
//	scwkms:name=scratch;unprotected=true;tags=test,tmp
//	scwkms:name=mailbox;algorithm=rsa_oaep_3072_sha256
//
// # Building
//
// The package links the scwkms static library, so it needs cgo. Without cgo, or with the build tag
// noscwkms, it compiles all the same, and opening a manager returns an error that says why it is
// not there and how to get it.
//
// The service signs SHA-256 digests with P-256 and RSA keys, SHA-384 digests with P-384 keys, and
// an RSA key makes either PKCS #1 v1.5 or PSS signatures. Whatever else is asked for is refused
// before a request is sent.
package scwkms
