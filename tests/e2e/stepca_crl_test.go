package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/scwkms/scwkms/tests/e2e/internal/pki"
	"github.com/scwkms/scwkms/tests/e2e/internal/stepca"
)

func TestStepCASignsRevocationLists(t *testing.T) {
	for _, algorithm := range []string{"ec_p384_sha384", "rsa_pkcs1_2048_sha256"} {
		t.Run(algorithm, func(t *testing.T) {
			config := authority(t, "ec_p256_sha256", algorithm)
			config.CRL = true
			server := mustStart(t, config)
			c := connect(t, server)
			leaf := issue(t, c, config)
			if err := c.Revoke(leaf); err != nil {
				t.Fatal(err)
			}
			list := fetchList(t, server, config)
			text, err := openssl(t).VerifyList(pki.Block("X509 CRL", list), pki.PEM(config.Intermediate))
			if err != nil {
				t.Fatal(err)
			}
			if serial := fmt.Sprintf("%X", leaf.SerialNumber); !strings.Contains(text, serial) {
				t.Errorf("the list does not hold serial number %s:\n%s", serial, text)
			}
		})
	}
}

func fetchList(t *testing.T, server *stepca.Server, config *stepca.Config) []byte {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(config.Root)
	http := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	response, err := http.Get(server.URL + "/1.0/crl")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	list, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 {
		t.Fatalf("%s: %s", response.Status, list)
	}
	return list
}

// TestStepCAReportsRevocationListsByPSS: step-ca requests a PKCS #1 signature for
// a list, although the issuer's certificate is PSS-signed. It does not start
// without a list.
func TestStepCAReportsRevocationListsByPSS(t *testing.T) {
	config := authority(t, "rsa_pss_2048_sha256", "rsa_pss_2048_sha256")
	config.CRL = true
	_, err := start(t, "step-ca", config)
	checkError(t, err, "CRL", "rsa_pss_2048_sha256", "PKCS")
}
