// Package scwkms is a KMS for step-ca, step-kms-plugin and other programs that use
// go.step.sm/crypto/kms. It signs and decrypts with keys of Scaleway Key Manager, which never leave
// the service, and has a method for each operation of the service. A blank import registers it under the type and URI scheme "scwkms":
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
// CreateKey takes a plain name, or a URI with any of the parameters name, algorithm, unprotected, region,
// project-id, description, tags and protection-level. A new key is protected against deletion
// unless the URI says unprotected=true. The parameter algorithm requests a key for decryption:
//
//	scwkms:name=my-root
//	scwkms:name=scratch;unprotected=true;tags=test,tmp
//	scwkms:name=mailbox;algorithm=rsa_oaep_3072_sha256
//
// NewKey also takes the parameters of CreateKey, and creates keys of all algorithms. Only symmetric keys
// rotate and have an external origin:
//
//	scwkms:name=files;algorithm=aes_256_gcm;rotation-period=90d
//	scwkms:name=imported;algorithm=aes_256_gcm;origin=external
//	scwkms:name=transport;algorithm=ml_kem_768
//
// # Signatures
//
// P-256 keys and RSA keys sign SHA-256 digests, and P-384 keys sign SHA-384 digests. An RSA key
// makes either PKCS #1 v1.5 or PSS signatures. A request for another signature is an error, and
// nothing is sent.
//
// # Operations
//
// The methods of KMS are the operations of the service. Those of apiv1's interfaces take a request. All
// others take a context first, and then usually a key reference:
//
//   - keys: CreateKey, NewKey, GetKey, GetPublicKey, FindKeys, SearchKeys, UpdateKey, EnableKey,
//     DisableKey, ProtectKey, UnprotectKey, DeleteKey, RestoreKey, ListAlgorithms
//   - signatures: Signer, Verify, VerifyByService
//   - RSA-OAEP keys: Encrypt, Decrypt, Decrypter
//   - AES-256-GCM keys: Encrypt, Decrypt, EncryptWithAssociatedData, DecryptWithAssociatedData,
//     GenerateDataKey, GenerateDataKeyWithoutPlaintext
//   - ML-KEM keys: Wrap, Unwrap
//   - key material: RotateKey, ListRotations, ImportKeyMaterial, DeleteKeyMaterial, GetImportParameters
//
// An argument that is invalid for the key, such as a digest of the wrong length, is an error, and the
// operation's request is not sent. A request that fails for a temporary reason is repeated, unless it may
// have been processed and its repetition would do more than once what was requested: creation, deletion
// and restoration of a key, rotation, import and deletion of key material.
//
// # Deadlines and cancellation
//
// The parameter timeout, 15 seconds by default, limits each call as a whole. The methods that take a
// context also end when their context is done.
//
// # Building
//
// The package links the scwkms static library, which requires cgo. A release contains the library for
// Linux on amd64 and arm64, for programs with glibc, and with the build tag musl for programs with musl.
//
// Without cgo (without a C compiler, or for another platform), and with the build tag noscwkms, the
// package has the same names and compiles. Opening a key manager then returns an *Error with
// CodeInternal, which explains why the library is missing and how to include it.
package scwkms
