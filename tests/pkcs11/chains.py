"""Certificates with a chain in one file: programs find the issuer's certificate in the token."""

from fixture import contains
from harness.build import run_tool
from harness.results import expect

# An authority with a key in a file, and the certificate of a key of the module.
ISSUE = """openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -sha256 -days 30 -subj '/CN=Example CA' -out ca.pem
PKCS11_MODULE_PATH=$MODULE openssl req -new -engine pkcs11 -keyform engine -key 'pkcs11:token=scwkms;object=ec-key' -sha256 \
  -subj /CN=localhost -out leaf.csr
printf '%s\\n' subjectAltName=DNS:localhost basicConstraints=CA:false > leaf.ext
openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 30 -extfile leaf.ext -out leaf.pem
cat leaf.pem ca.pem > ec-key.pem"""


def prepare(token):
    token.shell(ISSUE)
    token.show_certificates("ec-key")
    token.run("java-settings")


def gnutls(token):
    """The certificates of the file have the file's name, and numbers from the second one on."""
    for name, label in (("leaf", "ec-key"), ("ca", "ec-key%202")):
        uri = f"pkcs11:token=scwkms;object={label};type=cert"
        token.shell(f"""p11tool --provider "$MODULE" --export --outfile exported.pem '{uri}'""")
        found = run_tool(["openssl", "x509", "-in", token.path("exported.pem")])
        expect(found == token.read(f"{name}.pem").decode(), f"another certificate than {name}.pem: {found}")


def keystore(token):
    listed = token.shell("keytool -list -v -keystore NONE -storetype PKCS11 -addprovider SunPKCS11 "
                         "-providerArg pkcs11.cfg -storepass ''")
    contains(listed, "Alias name: ec-key\n", "Certificate chain length: 2", "Owner: CN=Example CA")


def run(results, token):
    results.case("chains: certificates", prepare, token)
    results.case("chains: p11tool exports each certificate", gnutls, token)
    results.case("chains: Java's KeyStore has the chain", keystore, token)
