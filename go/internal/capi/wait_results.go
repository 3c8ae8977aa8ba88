//go:build cgo && !noscwkms

package capi

/*
#include "capi.h"
*/
import "C"

// WaitDecrypted takes the result of DecryptWithAssociatedDataAsync.
func WaitDecrypted(operation Operation) (*Decrypted, *Error) {
	var (
		plaintext, reencrypted C.scwkms_buffer
		e                      *C.scwkms_error
	)
	code := C.scwkms_wait_decrypted(C.scwkms_operation(operation), &plaintext, &reencrypted, &e)
	if failure := check(code, &e); failure != nil {
		return nil, failure
	}
	return &Decrypted{Plaintext: takeBuffer(&plaintext), Reencrypted: takeOptionalBuffer(&reencrypted)}, nil
}

// WaitDataKey takes the result of GenerateDataKeyAsync.
func WaitDataKey(operation Operation) (*DataKey, *Error) {
	var (
		plaintext, ciphertext C.scwkms_buffer
		e                     *C.scwkms_error
	)
	code := C.scwkms_wait_data_key(C.scwkms_operation(operation), &plaintext, &ciphertext, &e)
	if failure := check(code, &e); failure != nil {
		return nil, failure
	}
	return &DataKey{Plaintext: takeOptionalBuffer(&plaintext), Ciphertext: takeBuffer(&ciphertext)}, nil
}

// WaitImportParameters takes the result of GetImportParametersAsync.
func WaitImportParameters(operation Operation) (*ImportParameters, *Error) {
	var (
		publicKey, token C.scwkms_buffer
		e                *C.scwkms_error
	)
	code := C.scwkms_wait_import_parameters(C.scwkms_operation(operation), &publicKey, &token, &e)
	if failure := check(code, &e); failure != nil {
		return nil, failure
	}
	return &ImportParameters{PublicKey: takeBuffer(&publicKey), ImportToken: takeBuffer(&token)}, nil
}

// WaitRotationList takes the result of ListRotationsAsync.
func WaitRotationList(operation Operation) ([]Rotation, *Error) {
	var (
		list *C.scwkms_rotation_list
		e    *C.scwkms_error
	)
	if failure := check(C.scwkms_wait_rotation_list(C.scwkms_operation(operation), &list, &e), &e); failure != nil {
		return nil, failure
	}
	return takeRotationList(list), nil
}

// WaitAlgorithmList takes the result of ListAlgorithmsAsync.
func WaitAlgorithmList(operation Operation) ([]OfferedAlgorithm, *Error) {
	var (
		list *C.scwkms_algorithm_list
		e    *C.scwkms_error
	)
	if failure := check(C.scwkms_wait_algorithm_list(C.scwkms_operation(operation), &list, &e), &e); failure != nil {
		return nil, failure
	}
	return takeAlgorithmList(list), nil
}
