//go:build !cgo || noscwkms

package capi

// These functions are those of the other files, in a program without the library. Every call fails
// with the reason. Only Open, ValidateName and the functions that cannot fail are ever called: the
// others need a client or an operation.

func missing() *Error {
	return &Error{Code: ErrorInternal, Message: missingMessage}
}

// Slot has no options here.
type Slot struct{}

func ABIVersions() (header, library uint32) { return 0, 0 }

func Version() string { return "" }

func AlgorithmName(algorithm uint32) string { return "" }

func Open(uri string) (Client, *Error) { return 0, missing() }

func Close(client Client) {}

func Free(client Client) {}

func TimeoutMS(client Client) uint32 { return 0 }

func ValidateName(name string) *Error { return missing() }

func Sign(client Client, key string, algorithm uint32, digest []byte) ([]byte, *Error) {
	return nil, missing()
}

func Decrypt(client Client, key string, ciphertext []byte) ([]byte, *Error) { return nil, missing() }

func SignAsync(call Call, key string, algorithm uint32, digest []byte) (Operation, *Error) {
	return 0, missing()
}

func DecryptAsync(call Call, key string, ciphertext []byte) (Operation, *Error) { return 0, missing() }

func EncryptAsync(call Call, key string, plaintext []byte) (Operation, *Error) { return 0, missing() }

func VerifyAsync(call Call, key string, algorithm uint32, digest, signature []byte) (Operation, *Error) {
	return 0, missing()
}

func VerifyByServiceAsync(call Call, key string, algorithm uint32, digest, signature []byte) (Operation, *Error) {
	return 0, missing()
}

func EncryptWithAssociatedDataAsync(call Call, key string, plaintext, associatedData []byte) (Operation, *Error) {
	return 0, missing()
}

func DecryptWithAssociatedDataAsync(call Call, key string, ciphertext, associatedData []byte) (Operation, *Error) {
	return 0, missing()
}

func GenerateDataKeyAsync(call Call, key string, withPlaintext bool) (Operation, *Error) {
	return 0, missing()
}

func WrapAsync(call Call, key string, plaintext, associatedData []byte) (Operation, *Error) {
	return 0, missing()
}

func UnwrapAsync(call Call, key string, ciphertext, associatedData []byte) (Operation, *Error) {
	return 0, missing()
}

func PublicKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func GetKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func CreateKeyAsync(call Call, name string, algorithm, protectionLevel uint32) (Operation, *Error) {
	return 0, missing()
}

func DeleteKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func FindKeysAsync(call Call, query string) (Operation, *Error) { return 0, missing() }

func UpdateKeyAsync(call Call, key string, update KeyUpdate) (Operation, *Error) { return 0, missing() }

func RotateKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func EnableKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func DisableKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func ProtectKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func UnprotectKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func RestoreKeyAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func ListRotationsAsync(call Call, key string) (Operation, *Error) { return 0, missing() }

func ListAlgorithmsAsync(call Call, query string) (Operation, *Error) { return 0, missing() }

func ImportKeyMaterialAsync(call Call, key string, material, salt []byte) (Operation, *Error) {
	return 0, missing()
}

func DeleteKeyMaterialAsync(call Call, key string, rotationIndex int64) (Operation, *Error) {
	return 0, missing()
}

func GetImportParametersAsync(call Call, key string, wrappingAlgorithm uint32) (Operation, *Error) {
	return 0, missing()
}

func Wait(operation Operation) ([]byte, *Error) { return nil, missing() }

func WaitPublicKey(operation Operation) (spki []byte, algorithm uint32, failure *Error) {
	return nil, 0, missing()
}

func WaitKey(operation Operation) (*Key, *Error) { return nil, missing() }

func WaitKeyList(operation Operation) ([]*Key, *Error) { return nil, missing() }

func WaitDone(operation Operation) *Error { return missing() }

func WaitDecrypted(operation Operation) (*Decrypted, *Error) { return nil, missing() }

func WaitDataKey(operation Operation) (*DataKey, *Error) { return nil, missing() }

func WaitImportParameters(operation Operation) (*ImportParameters, *Error) { return nil, missing() }

func WaitRotationList(operation Operation) ([]Rotation, *Error) { return nil, missing() }

func WaitAlgorithmList(operation Operation) ([]OfferedAlgorithm, *Error) { return nil, missing() }

func Cancel(operation Operation) {}

func NewSlot(number uint32) (Slot, bool) { return Slot{}, false }

func SetWakePipe(descriptor uintptr) {}

func TakeEnded(numbers []uint32) int { return 0 }

func SetObserver(descriptor uintptr) *Error { return missing() }

func RemoveObserver() *Error { return nil }

func TakeEvents(events []Event) (taken []Event, dropped uint64) { return events, 0 }

// Encryptor, Decryptor and DataKeyCache have no value here.
type Encryptor struct{}

type Decryptor struct{}

type DataKeyCache struct{}

func NewDataKeyCache(client Client, limits DataKeyLimits) (DataKeyCache, *Error) {
	return DataKeyCache{}, missing()
}

func (c DataKeyCache) Free() {}

func NewEncryptor(client Client, cache DataKeyCache, key string, associatedData []byte) (Encryptor, *Error) {
	return Encryptor{}, missing()
}

func (e Encryptor) Update(message, plaintext []byte) ([]byte, *Error) { return nil, missing() }

func (e Encryptor) Finish(message []byte) ([]byte, *Error) { return nil, missing() }

func (e Encryptor) Free() {}

func NewDecryptor(
	client Client, cache DataKeyCache, expectedKey string, associatedData, start []byte,
) (Decryptor, *Error) {
	return Decryptor{}, missing()
}

func (d Decryptor) Update(plaintext, message []byte) ([]byte, *Error) { return nil, missing() }

func (d Decryptor) Finish(plaintext []byte) ([]byte, *Error) { return nil, missing() }

func (d Decryptor) Free() {}
