package e2e

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/client"
	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
	"github.com/scwkms/scwkms/tests/e2e/internal/tools"
)

const provisioner = "e2e"

// versions are the builds of step-ca with the oldest and the newest version of go.step.sm/crypto.
var versions = []string{"step-ca", "step-ca-newest"}

// authority returns the configuration of a CA whose keys have the given algorithms
// and are in the emulator.
func authority(t *testing.T, rootAlgorithm, intermediateAlgorithm string) *stepca.Config {
	t.Helper()
	issuer := root(t, rootAlgorithm)
	intermediate, err := issuer.NewIntermediate("Intermediate of "+intermediateAlgorithm, signer(t, intermediateAlgorithm))
	if err != nil {
		t.Fatal(err)
	}
	return &stepca.Config{
		Root:         issuer.Certificate,
		Intermediate: intermediate.Certificate,
		KMS:          service.ClientURI(),
		Key:          key(t, intermediateAlgorithm).Name,
		Provisioners: []string{provisioner},
	}
}

// start starts a build of step-ca until the end of the test. The name is that of
// build.sh.
func start(t *testing.T, name string, config *stepca.Config) (*stepca.Server, error) {
	t.Helper()
	return startIn(t, name, env, config)
}

// startIn is start with another environment.
func startIn(t *testing.T, name string, env []string, config *stepca.Config) (*stepca.Server, error) {
	t.Helper()
	program, err := tools.Built(name)
	if err != nil {
		t.Fatal(err)
	}
	server, err := stepca.Start(program, env, t.TempDir(), config)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
		if strings.Contains(server.Log(), service.SecretKey) {
			t.Error("the secret key is in the log of step-ca")
		}
		// To a client a panic looks like a connection that was cut off.
		if strings.Contains(server.Log(), "http: panic serving") {
			t.Error("a handler of step-ca panicked")
		}
		if t.Failed() {
			t.Logf("the log of step-ca without successful requests:\n%s", withoutRequests(server.Log()))
		}
	})
	return server, nil
}

// withoutRequests removes the lines of successful requests from a log.
func withoutRequests(log string) string {
	lines := slices.DeleteFunc(strings.Split(log, "\n"), func(line string) bool {
		return strings.Contains(line, "level=info")
	})
	return strings.Join(lines, "\n")
}

func mustStart(t *testing.T, config *stepca.Config) *stepca.Server {
	t.Helper()
	return mustStartBuild(t, "step-ca", config)
}

func mustStartBuild(t *testing.T, name string, config *stepca.Config) *stepca.Server {
	t.Helper()
	server, err := start(t, name, config)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func connect(t *testing.T, server *stepca.Server) *client.Client {
	t.Helper()
	c, err := client.New(server, provisioner)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// issue requests a leaf and verifies it with openssl.
func issue(t *testing.T, c *client.Client, config *stepca.Config) *x509.Certificate {
	t.Helper()
	leaf, chain, err := c.Certificate("leaf.example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openssl(t).VerifyChain(pki.PEM(config.Root), pki.PEM(chain...), pki.PEM(leaf)); err != nil {
		t.Error(err)
	}
	return leaf
}

// TestStepCAIssues uses each key type as the intermediate of a CA. An RSA-PSS key
// needs a certificate that is PSS-signed itself: step-ca signs leaves with the
// algorithm of its own certificate.
func TestStepCAIssues(t *testing.T) {
	for _, build := range versions {
		for _, k := range signingKinds() {
			t.Run(build+"/"+k.algorithm, func(t *testing.T) { checkIssues(t, build, k.algorithm) })
		}
	}
}

func checkIssues(t *testing.T, build, algorithm string) {
	config := authority(t, algorithm, algorithm)
	c := connect(t, mustStartBuild(t, build, config))
	before := requests(t, "")
	leaf := issue(t, c, config)
	if sent := requests(t, "") - before; sent != 1 {
		t.Errorf("%d requests were sent for one certificate, not 1", sent)
	}
	if want := config.Intermediate.SignatureAlgorithm; leaf.SignatureAlgorithm != want {
		t.Errorf("the leaf is signed with %s, and its issuer with %s", leaf.SignatureAlgorithm, want)
	}
}

// TestStepCAReportsPSSUnderAnotherRoot: step-ca requests PKCS #1 for its first
// signature, that of its own server certificate.
func TestStepCAReportsPSSUnderAnotherRoot(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "rsa_pss_2048_sha256")
	checkLocalError(t, "Sign", func() error {
		_, err := start(t, "step-ca", config)
		return err
	}, "rsa_pss_2048_sha256", "PKCS")
}

func TestStepCAReportsAKeyThatDoesNotSign(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	config.Key = key(t, "rsa_oaep_2048_sha256").Name
	checkLocalError(t, "Sign", func() error {
		_, err := start(t, "step-ca", config)
		return err
	}, "asymmetric_encryption", "rsa_oaep_2048_sha256")
}

func TestStepCASignsSSHCertificates(t *testing.T) {
	for _, algorithm := range []string{"ec_p256_sha256", "ec_p384_sha384", "rsa_pkcs1_3072_sha256"} {
		t.Run(algorithm, func(t *testing.T) {
			config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
			hostKey, err := create(t, "ec_p256_sha256")
			if err != nil {
				t.Fatal(err)
			}
			config.SSHHostKey, config.SSHUserKey = hostKey.Name, key(t, algorithm).Name
			c := connect(t, mustStart(t, config))
			userCAs, hostCAs, err := c.SSHRoots()
			if err != nil {
				t.Fatal(err)
			}
			user, err := c.SSHCertificate("user", sshKey(t), principal)
			if err != nil {
				t.Fatal(err)
			}
			checkSSH(t, user, userCAs[0], principal)
			host, err := c.SSHCertificate("host", sshKey(t), "host.example.com")
			if err != nil {
				t.Fatal(err)
			}
			checkSSH(t, host, hostCAs[0], "host.example.com")
		})
	}
}

func TestStepCAReportsSSHCertificatesByPSS(t *testing.T) {
	config := authority(t, "ec_p256_sha256", "ec_p256_sha256")
	config.SSHHostKey = key(t, "ec_p256_sha256").Name
	config.SSHUserKey = key(t, "rsa_pss_2048_sha256").Name
	server := mustStart(t, config)
	c := connect(t, server)
	before := requests(t, "Sign")
	if _, err := c.SSHCertificate("user", sshKey(t), principal); err == nil {
		t.Fatal("SSH certificate signed by an RSA-PSS key")
	}
	if sent := requests(t, "Sign") - before; sent != 0 {
		t.Errorf("%d Sign requests were sent", sent)
	}
	// The reason is only in the log, which step-ca writes after the response. The
	// log is complete when step-ca has ended.
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"rsa_pss_2048_sha256", "PKCS"} {
		if !strings.Contains(server.Log(), word) {
			t.Errorf("the log of step-ca does not contain %q", word)
		}
	}
}
