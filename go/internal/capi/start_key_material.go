//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// ImportKeyMaterialAsync starts to import key material into a key of external origin. The salt may be
// empty. WaitKey takes the key's new metadata.
func ImportKeyMaterialAsync(call Call, key string, material, salt []byte) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_import_key_material_async(a.client, a.text,
			first(material), C.size_t(len(material)), first(salt), C.size_t(len(salt)),
			a.options, &result.operation, &result.e)
		return result, code
	})
}

// DeleteKeyMaterialAsync starts to delete the imported key material of a rotation. The rotation -1 is
// the newest one. WaitDone takes the result.
func DeleteKeyMaterialAsync(call Call, key string, rotationIndex int64) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_delete_key_material_async(a.client, a.text, C.int64_t(rotationIndex),
			a.options, &result.operation, &result.e)
		return result, code
	})
}

// GetImportParametersAsync starts to get the public key and the token for an import of wrapped key
// material. WaitImportParameters takes them.
func GetImportParametersAsync(call Call, key string, wrappingAlgorithm uint32) (Operation, *Error) {
	return call.start("key", key, func(a arguments) (result started, code C.int32_t) {
		code = C.scwkms_get_import_parameters_async(a.client, a.text, C.uint32_t(wrappingAlgorithm),
			a.options, &result.operation, &result.e)
		return result, code
	})
}
