//go:build cgo && !noscwkms

package scwkms_test

import (
	"net/url"
	"strings"
	"testing"

	"go.step.sm/crypto/kms/apiv1"
	"go.step.sm/crypto/kms/uri"

	scwkms "github.com/scwkms/scwkms/go"
)

func TestEveryFormOfAKeysName(t *testing.T) {
	key := createOnService(t, "ec_p256_sha256", map[string]any{"name": freshName(t) + " é+&=;%"})
	public := publicKey(t, key)
	byName := url.Values{"name": {key.Name}}
	for _, name := range []string{
		key.ID,
		strings.ToUpper(key.ID),
		"fr-par/" + key.ID,
		"scwkms:" + key.ID,
		"scwkms:fr-par/" + key.ID,
		"scwkms:" + key.ID + ";region=fr-par",
		"scwkms:key-id=" + key.ID,
		"SCWKMS:key-id=" + key.ID + "?region=fr-par",
		key.uri(),
		uri.New("scwkms", byName).String(),
		// One URI for client and key, which step's commands pass.
		clientURI("key-id", key.ID),
		clientURI("name", key.Name),
	} {
		got, err := open(t).GetPublicKey(&apiv1.GetPublicKeyRequest{Name: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wantSameKey(t, got, public)
	}
}

func TestOneURIOpensTheClientAndNamesTheKey(t *testing.T) {
	key := keyOf(t, "ec_p256_sha256")
	both := clientURI("key-id", key.ID)
	manager := openWith(t, apiv1.Options{URI: both})
	signer := signerOf(t, manager, both)
	wantSameKey(t, signer.Public(), publicKey(t, key))
}

func TestAKeysRegionWinsOverTheClients(t *testing.T) {
	key := createOnService(t, "ec_p384_sha384", map[string]any{"region": "nl-ams"})
	manager := open(t, "region", "fr-par")
	for _, name := range []string{
		key.uri(), "nl-ams/" + key.ID, "scwkms:name=" + key.Name + ";region=nl-ams",
		// A URI for client and key.
		clientURI("region", "nl-ams", "key-id", key.ID),
	} {
		signer := signerOf(t, manager, name)
		wantSameKey(t, signer.Public(), publicKey(t, key))
		if _, err := signer.Sign(nil, make([]byte, 48), hashOf("ec_p384_sha384")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: key.ID})
	wantError(t, err, scwkms.CodeNotFound, key.ID, "region")
}

func TestNamesThatNoOrSeveralKeysHave(t *testing.T) {
	manager := open(t)
	name := freshName(t)
	_, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: "scwkms:name=" + name})
	wantError(t, err, scwkms.CodeNotFound, name, "fr-par")

	first := createOnService(t, "ec_p256_sha256", map[string]any{"name": name})
	// A name that was not found is looked up again.
	got, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: "scwkms:name=" + name})
	if err != nil {
		t.Fatal(err)
	}
	wantSameKey(t, got, publicKey(t, first))

	second := createOnService(t, "ec_p256_sha256", map[string]any{"name": name})
	_, err = open(t).GetPublicKey(&apiv1.GetPublicKeyRequest{Name: "scwkms:name=" + name})
	wantError(t, err, scwkms.CodeInvalidArgument, name, first.ID, second.ID)
}

// malformed are names that cannot be a key's, and a word of the error for each.
var malformed = map[string]string{
	"":                                   "",
	"my-root":                            "UUID",
	"scwkms:":                            "no key",
	"scwkms:region=fr-par":               "no key",
	"scwkms:key-id=my-root":              "UUID",
	"scwkms:keyid=x":                     "key-id",
	"awskms:key-id=" + noKey:             "awskms",
	"paris/" + noKey:                     "region",
	noKey + "/sign":                      "region",
	"fr-par/" + noKey + "/sign":          "UUID",
	"fr-par/../" + noKey:                 "UUID",
	noKey + "?x=y":                       "UUID",
	noKey + "\x00":                       "NUL",
	"scwkms:" + noKey + "\x00":           "NUL",
	"\xff":                               "UTF-8",
	"scwkms:key-id=" + noKey + ";name=x": "twice",
	"scwkms:key-id=" + noKey + ";region=mars":                         "region",
	"scwkms:fr-par/" + noKey + ";region=nl-ams":                       "two regions",
	"scwkms:key-id=" + noKey + "%zz":                                  "%",
	"scwkms:key-id=" + noKey + ";key-id=" + strings.Repeat("1", 36):   "twice",
	"scwkms://key-id=" + noKey:                                        "slashes",
	"scwkms:key-id=" + noKey + "#fragment":                            "#",
	"scwkms:key-id=..%2F..%2F" + noKey + ";region=fr-par":             "UUID",
	"scwkms:key-id=" + noKey + ";region=fr-par%2F..%2F..%2Faccount":   "region",
	"scwkms:key-id=" + noKey + ";region=fr-par;secret-key;access-key": "name=value",
}

// noKey is an id that no key has.
const noKey = "00000000-0000-4000-8000-000000000000"

func TestMalformedNamesAreRefusedBeforeARequest(t *testing.T) {
	manager := open(t)
	for name, word := range malformed {
		wantNoRequests(t, func() {
			_, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{Name: name})
			wantError(t, err, scwkms.CodeInvalidArgument, word)
			_, err = manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: name})
			wantError(t, err, scwkms.CodeInvalidArgument, word)
			_, err = manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKey: name})
			wantError(t, err, scwkms.CodeInvalidArgument, word)
			wantError(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{Name: name}), scwkms.CodeInvalidArgument, word)
		})
	}
}

func TestValidateName(t *testing.T) {
	manager := open(t)
	wantNoRequests(t, func() {
		for _, name := range []string{
			noKey,
			"fr-par/" + noKey,
			"scwkms:" + noKey,
			"scwkms:key-id=" + noKey + ";region=nl-ams",
			"scwkms:name=my+root",
			// The same method checks clients' URIs.
			"scwkms:",
			"scwkms:region=fr-par;profile=ca",
			clientURI(),
			clientURI("key-id", noKey),
		} {
			if err := manager.ValidateName(name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, word := range malformed {
			if name == "scwkms:" || name == "scwkms:region=fr-par" {
				continue // a valid client's URI
			}
			wantError(t, manager.ValidateName(name), scwkms.CodeInvalidArgument, word)
		}
	})
}

// The error for a request without a name says which field is empty.
func TestRequestsWithoutAName(t *testing.T) {
	manager := open(t)
	wantNoRequests(t, func() {
		_, err := manager.GetPublicKey(&apiv1.GetPublicKeyRequest{})
		wantError(t, err, scwkms.CodeInvalidArgument, "get public key", "name")
		_, err = manager.CreateKey(&apiv1.CreateKeyRequest{})
		wantError(t, err, scwkms.CodeInvalidArgument, "create key", "name")
		_, err = manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKeyPEM: []byte("x"), PublicKey: "y"})
		wantError(t, err, scwkms.CodeInvalidArgument, "create signer", "signing key")
		_, err = manager.CreateDecrypter(&apiv1.CreateDecrypterRequest{DecryptionKeyPEM: []byte("x")})
		wantError(t, err, scwkms.CodeInvalidArgument, "create decrypter", "decryption key")
		wantError(t, manager.DeleteKey(&apiv1.DeleteKeyRequest{}), scwkms.CodeInvalidArgument, "delete key", "name")
	})
}
