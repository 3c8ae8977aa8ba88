//go:build cgo && !noscwkms

package scwkms_test

import (
	"strings"
	"testing"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/go/internal/capi"
)

// startsAndSign are the functions that take a client and a text.
var startsAndSign = map[string]func(capi.Client, string) *capi.Error{
	"Sign": func(c capi.Client, text string) *capi.Error {
		_, e := capi.Sign(c, text, 0, make([]byte, 32))
		return e
	},
	"Decrypt": func(c capi.Client, text string) *capi.Error { _, e := capi.Decrypt(c, text, nil); return e },
	"SignAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.SignAsync(capi.Call{Client: c}, text, 0, make([]byte, 32))
		return e
	},
	"DecryptAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.DecryptAsync(capi.Call{Client: c}, text, nil)
		return e
	},
	"EncryptAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.EncryptAsync(capi.Call{Client: c}, text, []byte("x"))
		return e
	},
	"PublicKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.PublicKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"GetKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.GetKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"CreateKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.CreateKeyAsync(capi.Call{Client: c}, text, 0, 0)
		return e
	},
	"DeleteKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.DeleteKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"FindKeysAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.FindKeysAsync(capi.Call{Client: c}, text)
		return e
	},
	"VerifyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.VerifyAsync(capi.Call{Client: c}, text, 0, make([]byte, 32), make([]byte, 70))
		return e
	},
	"VerifyByServiceAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.VerifyByServiceAsync(capi.Call{Client: c}, text, 0, make([]byte, 32), make([]byte, 70))
		return e
	},
	"EncryptWithAssociatedDataAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.EncryptWithAssociatedDataAsync(capi.Call{Client: c}, text, []byte("x"), nil)
		return e
	},
	"DecryptWithAssociatedDataAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.DecryptWithAssociatedDataAsync(capi.Call{Client: c}, text, []byte("x"), nil)
		return e
	},
	"GenerateDataKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.GenerateDataKeyAsync(capi.Call{Client: c}, text, true)
		return e
	},
	"WrapAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.WrapAsync(capi.Call{Client: c}, text, []byte("x"), nil)
		return e
	},
	"UnwrapAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.UnwrapAsync(capi.Call{Client: c}, text, []byte("x"), nil)
		return e
	},
	"UpdateKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.UpdateKeyAsync(capi.Call{Client: c}, text, capi.KeyUpdate{Tags: []string{"x", "y"}})
		return e
	},
	"RotateKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.RotateKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"EnableKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.EnableKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"DisableKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.DisableKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"ProtectKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.ProtectKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"UnprotectKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.UnprotectKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"RestoreKeyAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.RestoreKeyAsync(capi.Call{Client: c}, text)
		return e
	},
	"ListRotationsAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.ListRotationsAsync(capi.Call{Client: c}, text)
		return e
	},
	"ListAlgorithmsAsync": func(c capi.Client, text string) *capi.Error {
		// Algorithms have no names to find.
		_, e := capi.ListAlgorithmsAsync(capi.Call{Client: c}, strings.Replace(text, "name=", "region=", 1))
		return e
	},
	"ImportKeyMaterialAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.ImportKeyMaterialAsync(capi.Call{Client: c}, text, []byte("x"), nil)
		return e
	},
	"DeleteKeyMaterialAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.DeleteKeyMaterialAsync(capi.Call{Client: c}, text, -1)
		return e
	},
	"GetImportParametersAsync": func(c capi.Client, text string) *capi.Error {
		_, e := capi.GetImportParametersAsync(capi.Call{Client: c}, text, capi.WrappingRSAOAEP2048SHA256)
		return e
	},
}

// Each function refuses numbers that are not clients, and texts that C cannot represent.
func TestInvalidClientsAndTexts(t *testing.T) {
	live := openC(t)
	freed, failure := capi.Open(clientURI())
	if failure != nil {
		t.Fatal(failure.Message)
	}
	capi.Free(freed)
	capi.Free(freed)
	wantNoRequests(t, func() {
		for name, call := range startsAndSign {
			for _, client := range []capi.Client{0, freed, 1, 1 << 63, ^capi.Client(0)} {
				if e := call(client, "scwkms:name=x"); e == nil || e.Code != int32(scwkms.CodeInvalidHandle) {
					t.Errorf("%s with client %d: %+v", name, client, e)
				}
			}
			for _, text := range []string{"scwkms:name=x\x00y", "scwkms:name=\xff"} {
				if e := call(live, text); e == nil || e.Code != int32(scwkms.CodeInvalidArgument) {
					t.Errorf("%s with %q: %+v", name, text, e)
				}
			}
		}
	})
	for _, client := range []capi.Client{0, 1, ^capi.Client(0)} {
		capi.Close(client)
		capi.Free(client)
	}
	operation, failure := capi.GetKeyAsync(capi.Call{Client: live}, keyOf(t, "ec_p256_sha256").uri())
	wait(t, operation, failure, capi.WaitKey)
}

// A function that takes the results of other operations fails, and leaves the operation as it is.
func TestTheWrongWaitFunction(t *testing.T) {
	operation, failure := capi.ListAlgorithmsAsync(capi.Call{Client: openC(t)}, "")
	if failure != nil {
		t.Fatal(failure.Message)
	}
	for name, take := range map[string]func() *capi.Error{
		"Wait":                 func() *capi.Error { _, e := capi.Wait(operation); return e },
		"WaitDone":             func() *capi.Error { return capi.WaitDone(operation) },
		"WaitDecrypted":        func() *capi.Error { _, e := capi.WaitDecrypted(operation); return e },
		"WaitDataKey":          func() *capi.Error { _, e := capi.WaitDataKey(operation); return e },
		"WaitImportParameters": func() *capi.Error { _, e := capi.WaitImportParameters(operation); return e },
		"WaitRotationList":     func() *capi.Error { _, e := capi.WaitRotationList(operation); return e },
	} {
		if e := take(); e == nil || e.Code != capi.ErrorInvalidArgument || !strings.Contains(e.Message, "scwkms_wait_algorithm_list") {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for _, a := range wait(t, operation, nil, capi.WaitAlgorithmList) {
		if capi.AlgorithmName(a.Number) != a.Name {
			t.Errorf("%+v", a)
		}
	}
}
