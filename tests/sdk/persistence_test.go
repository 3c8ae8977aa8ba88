package sdk

import (
	"testing"

	km "github.com/scaleway/scaleway-sdk-go/api/key_manager/v1alpha1"
)

// A restart on the same folder goes on with the same credentials and keys.
func TestKeysOutliveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := private(t, "--data-dir", dir)
	keys, works, publics := map[string]*km.Key{}, map[string]work{}, map[string]string{}
	for _, name := range []string{
		"ec_p256_sha256", "ec_p384_sha384", "ec_secp256k1_sha256", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256", "ml_dsa_44",
		"ml_dsa_65", "ml_dsa_87", "rsa_oaep_2048_sha256", "aes_256_gcm", "ml_kem_768", "ml_kem_1024",
	} {
		k := before.create(t, name)
		if k.Usage.SymmetricEncryption != nil {
			before.rotate(t, k.ID)
		} else {
			publics[name] = before.publicKey(t, k.ID)
		}
		keys[name], works[name] = before.get(t, k.ID), before.work(t, k)
	}
	if err := before.stop(); err != nil {
		t.Fatal(err)
	}

	after := private(t, "--data-dir", dir)
	if after.SecretKey != before.SecretKey || after.AccessKey != before.AccessKey || after.ProjectID != before.ProjectID ||
		after.OrganizationID != before.OrganizationID {
		t.Error("the credentials changed")
	}
	for name, k := range keys {
		got := after.get(t, k.ID)
		if got.Name != k.Name || got.RotationCount != k.RotationCount || !got.UpdatedAt.Equal(*k.UpdatedAt) || got.State != k.State {
			t.Errorf("%s: was %+v, is %+v", name, k, got)
		}
		if publics[name] != "" && after.publicKey(t, k.ID) != publics[name] {
			t.Errorf("%s: the public key changed", name)
		}
		works[name].succeeds(t, after)
	}
}

func TestTwoEmulatorsDoNotShareAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	private(t, "--data-dir", dir)
	if second, err := startEmulator("--data-dir", dir); err == nil {
		_ = second.stop()
		t.Error("a second emulator runs on the folder of the first")
	}
}
