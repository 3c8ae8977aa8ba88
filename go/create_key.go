package scwkms

import (
	"context"
	"fmt"
	"strings"

	"go.step.sm/crypto/kms/apiv1"

	"github.com/scwkms/scwkms/go/internal/capi"
)

// CreateKey calls CreateKeyContext with a context that is never done.
func (k *KMS) CreateKey(req *apiv1.CreateKeyRequest) (*apiv1.CreateKeyResponse, error) {
	return k.CreateKeyContext(context.Background(), req)
}

// CreateKeyContext creates a key and fetches its public key. The request's name is a plain name or a
// URI with parameters; see the package's documentation. The response's name is
// scwkms:key-id=ID;region=REGION.
//
// Without a signature algorithm in the request, the URI's algorithm= is used, else EC P-256. An RSA
// key has 3072 bits unless the request asks for 2048 or 4096. If the URI's algorithm= is one for
// decryption, the request's signature algorithm is ignored; otherwise the two must agree.
//
// If the key was created but its public key cannot be fetched, the error contains the key's name. A
// creation whose outcome is unknown is not repeated.
func (k *KMS) CreateKeyContext(ctx context.Context, req *apiv1.CreateKeyRequest) (*apiv1.CreateKeyResponse, error) {
	if req.Name == "" {
		return nil, invalidf("create key: the request has no name")
	}
	if req.Extractable {
		return nil, unsupportedf("create key: an extractable key was requested, but keys never leave Scaleway Key Manager")
	}
	wanted, err := newKeyAlgorithm(req)
	if err != nil {
		return nil, err
	}
	level, err := protectionLevel(req.ProtectionLevel)
	if err != nil {
		return nil, err
	}
	return withDeadline(ctx, k.client, func(ctx context.Context, handle capi.Client) (*apiv1.CreateKeyResponse, error) {
		created, err := createKey(ctx, handle, req.Name, wanted, level)
		if err != nil {
			return nil, err
		}
		return createKeyResponse(ctx, handle, created.URI)
	})
}

func createKeyResponse(ctx context.Context, handle capi.Client, uri string) (*apiv1.CreateKeyResponse, error) {
	opened, err := openKey(ctx, handle, uri)
	if err != nil {
		return nil, fmt.Errorf("scwkms: the key was created and is %s, but its public key could not be read: %w", uri, err)
	}
	resp := &apiv1.CreateKeyResponse{Name: uri, PublicKey: opened.public}
	if opened.algorithm.signs() {
		resp.CreateSignerRequest = apiv1.CreateSignerRequest{SigningKey: uri}
	}
	return resp, nil
}

// newKeyAlgorithm returns the number of the algorithm that a request asks for. It returns
// capi.AlgorithmUnspecified if the URI or the library's default determines the algorithm.
func newKeyAlgorithm(req *apiv1.CreateKeyRequest) (uint32, error) {
	if name := algorithmParameter(req.Name); name != "" {
		named, ok := algorithmByName(name)
		if !ok {
			return 0, unsupportedf("create key: this package cannot use a key of algorithm %q; it signs with "+
				"ec_p256_sha256, ec_p384_sha384, rsa_pss_* and rsa_pkcs1_*, and decrypts with rsa_oaep_* keys", name)
		}
		if !named.signs() {
			// apiv1 cannot express a decryption key, and its callers always set a signature algorithm.
			return named.code, nil
		}
	}
	return signatureAlgorithm(req)
}

// algorithmParameter returns the algorithm= of a new key's URI in lower case, or "".
func algorithmParameter(name string) string {
	u, err := parseURI(name)
	if err != nil {
		// A plain name, or a URI that the library refuses with a better explanation.
		return ""
	}
	return strings.ToLower(u.Get("algorithm"))
}

// signatureAlgorithm returns the number of the request's signature algorithm.
func signatureAlgorithm(req *apiv1.CreateKeyRequest) (uint32, error) {
	if code, ok := mldsaByRequest[req.SignatureAlgorithm]; ok {
		return code, nil
	}
	switch req.SignatureAlgorithm {
	case apiv1.UnspecifiedSignAlgorithm:
		return capi.AlgorithmUnspecified, nil
	case apiv1.ECDSAWithSHA256:
		return capi.AlgorithmECP256SHA256, nil
	case apiv1.ECDSAWithSHA384:
		return capi.AlgorithmECP384SHA384, nil
	case apiv1.SHA256WithRSAPSS:
		return bySize(req, capi.AlgorithmRSAPSS2048SHA256, capi.AlgorithmRSAPSS3072SHA256, capi.AlgorithmRSAPSS4096SHA256)
	case apiv1.SHA256WithRSA:
		return bySize(req, capi.AlgorithmRSAPKCS12048SHA256, capi.AlgorithmRSAPKCS13072SHA256, capi.AlgorithmRSAPKCS14096SHA256)
	default:
		return 0, unsupportedf("create key: Scaleway Key Manager has no keys for %s; it has ECDSA-SHA256, "+
			"ECDSA-SHA384, SHA256-RSA and SHA256-RSAPSS", req.SignatureAlgorithm)
	}
}

// bySize returns the number of the RSA algorithm that has the request's key size.
func bySize(req *apiv1.CreateKeyRequest, size2048, size3072, size4096 uint32) (uint32, error) {
	switch req.Bits {
	case 2048:
		return size2048, nil
	case 0, 3072: // apiv1 defines 3072 as the default
		return size3072, nil
	case 4096:
		return size4096, nil
	default:
		return 0, unsupportedf("create key: Scaleway Key Manager has no %s keys of %d bits; it has 2048, 3072 and 4096",
			req.SignatureAlgorithm, req.Bits)
	}
}

// protectionLevel returns the library's number of a protection level.
func protectionLevel(level apiv1.ProtectionLevel) (uint32, error) {
	switch level {
	case apiv1.UnspecifiedProtectionLevel:
		return capi.ProtectionLevelUnspecified, nil
	case apiv1.Software:
		return capi.ProtectionLevelSoftware, nil
	case apiv1.HSM:
		return capi.ProtectionLevelHSM, nil
	default:
		return 0, unsupportedf("create key: protection level %s is not supported", level)
	}
}
