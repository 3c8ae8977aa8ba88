package sdk

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// wireTypes names the library's types of requests and responses, and the SDK's types with the same fields.
var wireTypes = map[string][]any{
	"CreateKeyRequest":         {km.CreateKeyRequest{}},
	"UpdateKeyRequest":         {km.UpdateKeyRequest{}},
	"RotationPolicyRequest":    {km.KeyRotationPolicy{}},
	"SignRequest":              {km.SignRequest{}},
	"VerifyRequest":            {km.VerifyRequest{}},
	"EncryptRequest":           {km.EncryptRequest{}, km.WrapKeyRequest{}},
	"DecryptRequest":           {km.DecryptRequest{}, km.UnwrapKeyRequest{}},
	"DataKeyRequest":           {km.GenerateDataKeyRequest{}},
	"ImportKeyMaterialRequest": {km.ImportKeyMaterialRequest{}},
	"DeleteKeyMaterialRequest": {km.DeleteKeyMaterialRequest{}},
	"ImportParametersRequest":  {km.GenerateKeyMaterialImportParametersRequest{}},
	"NoArguments": {
		km.RotateKeyRequest{}, km.EnableKeyRequest{}, km.DisableKeyRequest{}, km.ProtectKeyRequest{},
		km.UnprotectKeyRequest{}, km.RestoreKeyRequest{},
	},
	"KeyPage":                  {km.ListKeysResponse{}},
	"PublicKeyResponse":        {km.PublicKey{}},
	"SignResponse":             {km.SignResponse{}},
	"VerifyResponse":           {km.VerifyResponse{}},
	"EncryptResponse":          {km.EncryptResponse{}, km.WrapKeyResponse{}},
	"DecryptResponse":          {km.DecryptResponse{}, km.UnwrapKeyResponse{}},
	"DataKeyResponse":          {km.DataKey{}},
	"ImportParametersResponse": {km.GenerateKeyMaterialImportParametersResponse{}},
	"AlgorithmsResponse":       {km.ListAlgorithmsResponse{}},
	"AlgorithmEntry":           {km.ListAlgorithmsResponseAlgorithm{}},
	"RotationPage":             {km.ListKeyRotationsResponse{}},
	"Rotation":                 {km.KeyRotation{}},
	"Key":                      {km.Key{}},
	"RotationPolicy":           {km.KeyRotationPolicy{}},
}

// unread names fields of the SDK that the library does not have, with the reason.
var unread = map[string]string{
	"Key.srn":                   "the library names keys by id and region",
	"Key.region":                "the region of a key is that of the request",
	"DataKeyResponse.algorithm": "there is only one algorithm of data keys",
	// A data key is not stored, so its time of creation is that of the request.
	"DataKeyResponse.created_at": "the caller knows the time of the request",
}

// firstOnly names fields of a type that has two counterparts, of which only the first has the field.
var firstOnly = []string{"DecryptResponse.ciphertext"}

var (
	rustStruct = regexp.MustCompile(`(?s)struct (\w+)(?:<'a>)? \{(.*?)\}\n`)
	rustField  = regexp.MustCompile(`pub\(\w+\) (\w+): `)
)

// libraryFields returns the fields of the library's types, by the name of the type.
func libraryFields(t *testing.T) map[string][]string {
	t.Helper()
	fields := map[string][]string{}
	for _, file := range []string{"bodies.rs", "wire.rs"} {
		source, err := os.ReadFile("../../src/api/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range rustStruct.FindAllStringSubmatch(string(source), -1) {
			fields[m[1]] = nil
			for _, f := range rustField.FindAllStringSubmatch(m[2], -1) {
				fields[m[1]] = append(fields[m[1]], f[1])
			}
		}
	}
	return fields
}

// sdkFields returns the names of a type's fields in JSON.
func sdkFields(value any) []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(value)) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// TestWireFields compares the fields of the library's requests and responses with those of the SDK.
func TestWireFields(t *testing.T) {
	t.Parallel()
	library := libraryFields(t)
	for name, counterparts := range wireTypes {
		fields, ok := library[name]
		if !ok {
			t.Errorf("the library has no type %s", name)
		}
		for i, counterpart := range counterparts {
			checkFields(t, name, fields, sdkFields(counterpart), i == 0)
		}
	}
	for name := range library {
		// KeyUsage is an object with one field, which its own code reads.
		if _, ok := wireTypes[name]; !ok && name != "KeyUsage" {
			t.Errorf("%s is not in wireTypes", name)
		}
	}
}

func checkFields(t *testing.T, name string, library, sdk []string, first bool) {
	t.Helper()
	for _, f := range library {
		if !slices.Contains(sdk, f) && (first || !slices.Contains(firstOnly, name+"."+f)) {
			t.Errorf("the SDK's counterpart of %s has no field %s", name, f)
		}
	}
	for _, f := range sdk {
		if _, ok := unread[name+"."+f]; !ok && !slices.Contains(library, f) {
			t.Errorf("%s has no field %s, which the SDK has", name, f)
		}
	}
}
