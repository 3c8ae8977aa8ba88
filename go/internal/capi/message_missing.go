//go:build !cgo || noscwkms

package capi

// These functions are those of message.go, in a program without the library.

func SignMessage(client Client, key string, algorithm uint32, message []byte) ([]byte, *Error) {
	return nil, missing()
}

func SignMessageAsync(call Call, key string, algorithm uint32, message []byte) (Operation, *Error) {
	return 0, missing()
}
