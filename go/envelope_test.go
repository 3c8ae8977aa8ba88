//go:build cgo && !noscwkms

package scwkms_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	scwkms "github.com/scwkms/scwkms/go"
)

var associatedData = []byte("backup 7")

// messageStarter is a key manager or a cache of data keys.
type messageStarter interface {
	NewEncryptor(context.Context, io.Writer, string, []byte) (*scwkms.Encryptor, error)
	NewDecryptor(context.Context, io.Reader, string, []byte) (*scwkms.Decryptor, error)
}

func encryptMessage(t *testing.T, starter messageStarter, plaintext []byte) []byte {
	t.Helper()
	var message bytes.Buffer
	encryptor, err := starter.NewEncryptor(t.Context(), &message, keyOf(t, "aes_256_gcm").uri(), associatedData)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(encryptor, bytes.NewReader(plaintext)); err != nil {
		t.Fatal(err)
	}
	if err := encryptor.Close(); err != nil {
		t.Fatal(err)
	}
	return message.Bytes()
}

func decryptMessage(t *testing.T, starter messageStarter, message io.Reader) ([]byte, error) {
	t.Helper()
	decryptor, err := starter.NewDecryptor(t.Context(), message, "", associatedData)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(decryptor)
}

func patternOf(length int) []byte {
	pattern := make([]byte, length)
	for i := range pattern {
		pattern[i] = byte(i * 7)
	}
	return pattern
}

func TestMessagesAreDecrypted(t *testing.T) {
	manager := open(t)
	for _, length := range []int{0, 1, 65535, 65536, 65537, 1_000_000} {
		plaintext := patternOf(length)
		message := encryptMessage(t, manager, plaintext)
		for _, reader := range []io.Reader{
			bytes.NewReader(message),
			iotest.HalfReader(bytes.NewReader(message)),
			iotest.DataErrReader(bytes.NewReader(message)),
		} {
			decrypted, err := decryptMessage(t, manager, reader)
			if err != nil || !bytes.Equal(decrypted, plaintext) {
				t.Errorf("%d bytes: %d bytes, %v", length, len(decrypted), err)
			}
		}
	}
}

func TestMessagesThatWereChanged(t *testing.T) {
	manager := open(t)
	message := encryptMessage(t, manager, patternOf(200_000))
	for _, length := range []int{100, 65_000, len(message) - 1} {
		_, err := decryptMessage(t, manager, bytes.NewReader(message[:length]))
		wantError(t, err, scwkms.CodeIntegrity, "truncated")
	}
	for _, at := range []int{45, 1000, 100_000, len(message) - 1} {
		changed := bytes.Clone(message)
		changed[at] ^= 1
		_, err := decryptMessage(t, manager, bytes.NewReader(changed))
		wantError(t, err, scwkms.CodeIntegrity)
	}
	_, err := manager.NewDecryptor(t.Context(), bytes.NewReader(message), "", []byte("backup 8"))
	wantError(t, err, scwkms.CodeIntegrity, "associated data")
	_, err = decryptMessage(t, manager, bytes.NewReader([]byte("text")))
	wantError(t, err, scwkms.CodeInvalidArgument, "is not a message")
}

func TestExpectedKeyOfAMessage(t *testing.T) {
	manager := open(t)
	message := encryptMessage(t, manager, patternOf(10))
	other := createOnService(t, "aes_256_gcm", nil)
	_, err := manager.NewDecryptor(t.Context(), bytes.NewReader(message), other.uri(), associatedData)
	wantError(t, err, scwkms.CodeIntegrity, "not with key")
	decryptor, err := manager.NewDecryptor(t.Context(), bytes.NewReader(message), keyOf(t, "aes_256_gcm").uri(), associatedData)
	if err != nil {
		t.Fatal(err)
	}
	if err := decryptor.Close(); err != nil {
		t.Error(err)
	}
	_, err = decryptor.Read(make([]byte, 1))
	wantError(t, err, scwkms.CodeInvalidArgument, "closed")
}

func TestMessagesOfACacheNeedFewRequests(t *testing.T) {
	manager := open(t)
	cache, err := manager.NewDataKeyCache(scwkms.DataKeyLimits{MaxMessages: 3})
	if err != nil {
		t.Fatal(err)
	}
	encryptMessage(t, manager, nil) // loads the key's metadata
	var messages [][]byte
	wantRequests(t, map[string]int{"GenerateDataKey": 2}, func() {
		for i := range 6 {
			messages = append(messages, encryptMessage(t, cache, patternOf(i)))
		}
	})
	wantRequests(t, map[string]int{"Decrypt": 2}, func() {
		for i, message := range messages {
			decrypted, err := decryptMessage(t, cache, bytes.NewReader(message))
			if err != nil || !bytes.Equal(decrypted, patternOf(i)) {
				t.Errorf("%x, %v", decrypted, err)
			}
		}
	})
}

// errorWriter fails.
type errorWriter struct{ err error }

func (w errorWriter) Write([]byte) (int, error) { return 0, w.err }

func TestErrorsOfAnEncryptor(t *testing.T) {
	manager := open(t)
	failed := errors.New("no space left")
	key := keyOf(t, "aes_256_gcm").uri()
	encryptor, err := manager.NewEncryptor(t.Context(), errorWriter{failed}, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := encryptor.Write(patternOf(1)); !errors.Is(err, failed) {
		t.Errorf("%v is not the writer's error", err)
	}
	if err := encryptor.Close(); !errors.Is(err, failed) {
		t.Errorf("%v is not the writer's error", err)
	}
	if err := encryptor.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	_, err = encryptor.Write(patternOf(1))
	wantError(t, err, scwkms.CodeInvalidArgument, "closed")
	_, err = manager.NewEncryptor(t.Context(), io.Discard, keyOf(t, "rsa_oaep_2048_sha256").uri(), nil)
	wantError(t, err, scwkms.CodeUnsupported)
}

func TestTheStartOfAMessageEndsWithItsContext(t *testing.T) {
	useOwnService(t)
	manager := open(t)
	key := keyOf(t, "aes_256_gcm").uri()
	encryptMessage(t, manager, nil)
	service.In(t).Fail("GenerateDataKey", 1, fault{"kind": "delay", "milliseconds": 3000})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := manager.NewEncryptor(ctx, io.Discard, key, nil)
	wantError(t, err, scwkms.CodeTimeout)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is not context.DeadlineExceeded", err)
	}
}
