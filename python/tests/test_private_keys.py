"""Private keys for the package cryptography: certificates, requests and revocation lists, which the command openssl verifies."""

import copy
import datetime
import subprocess

import pytest
from checks import OAEP, PSS, SIGNING, hash_of
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

import scwkms
from scwkms import private_keys

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
NOW = datetime.datetime(2026, 1, 1)
LATER = datetime.datetime(2100, 1, 1)


def options(algorithm):
    """The padding that builders need."""
    return {"rsa_padding": private_keys.pss_padding()} if "pss" in algorithm else {}


def certificate(key, algorithm):
    builder = x509.CertificateBuilder(NAME, NAME, key.public_key(), 1, NOW, LATER)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hash_of(algorithm), **options(algorithm))


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def write(path, signed):
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.fixture(params=SIGNING)
def algorithm(request):
    return request.param


@pytest.fixture
def signer(client, key, algorithm):
    return private_keys.load(client, key(algorithm))


def test_certificate(signer, algorithm, tmp_path):
    path = write(tmp_path / "ca.pem", certificate(signer, algorithm))
    assert f"{path}: OK" in openssl("verify", "-check_ss_sig", "-CAfile", path, path)


def test_certificate_signing_request(signer, algorithm, tmp_path):
    builder = x509.CertificateSigningRequestBuilder(NAME)
    request = builder.sign(signer, hash_of(algorithm), **options(algorithm))
    assert request.is_signature_valid
    assert "verify OK" in openssl("req", "-verify", "-noout", "-in", write(tmp_path / "request.pem", request))


def test_revocation_list(signer, algorithm, tmp_path):
    builder = x509.CertificateRevocationListBuilder(NAME, NOW, LATER)
    revoked = builder.sign(signer, hash_of(algorithm), **options(algorithm))
    assert revoked.is_signature_valid(signer.public_key())
    ca = write(tmp_path / "ca.pem", certificate(signer, algorithm))
    path = write(tmp_path / "list.pem", revoked)
    assert "verify OK" in openssl("crl", "-verify", "-noout", "-CAfile", ca, "-in", path)


def test_signatures(signer, algorithm):
    kind = hash_of(algorithm)
    scheme = {"ec_": (), "rsa_pss": (PSS,), "rsa_pkcs1": (padding.PKCS1v15(),)}
    [paddings] = [value for prefix, value in scheme.items() if algorithm.startswith(prefix)]

    def parameters(used):
        return (*paddings, used) if paddings else (ec.ECDSA(used),)

    message = b"a message"
    hashed = hashes.Hash(kind)
    hashed.update(message)
    for signed, used in ((message, kind), (bytearray(message), kind), (hashed.finalize(), Prehashed(kind))):
        signature = signer.sign(signed, *parameters(used))
        signer.public_key().verify(signature, message, *parameters(kind))


def test_properties(client, key):
    p384, pss = (private_keys.load(client, key(name)) for name in ("ec_p384_sha384", "rsa_pss_2048_sha256"))
    assert isinstance(p384, ec.EllipticCurvePrivateKey) and isinstance(pss, rsa.RSAPrivateKey)
    assert (p384.curve.name, p384.key_size, pss.key_size) == ("secp384r1", 384, 2048)
    assert p384.key.id == key("ec_p384_sha384").id
    assert copy.copy(pss) is pss and copy.deepcopy(p384) is p384
    assert p384.key.uri in repr(p384)


def test_a_key_that_was_named_by_its_name(client, key):
    shared = key("ec_p256_sha256")
    assert private_keys.load(client, f"scwkms:name={shared.name}").key.uri == shared.uri


def test_private_keys_do_not_leave(signer):
    with pytest.raises(UnsupportedAlgorithm):
        signer.private_numbers()
    with pytest.raises(UnsupportedAlgorithm):
        signer.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def test_other_parameters_of_ecdsa(client, key, emulator):
    p256 = private_keys.load(client, key("ec_p256_sha256"))
    for used in (hashes.SHA384(), hashes.SHA512(), Prehashed(hashes.SHA384())):
        with pytest.raises(UnsupportedAlgorithm):
            p256.sign(b"", ec.ECDSA(used))
    with pytest.raises(UnsupportedAlgorithm):
        p256.exchange(ec.ECDH(), p256.public_key())
    with pytest.raises(UnsupportedAlgorithm):
        certificate(p256, "ec_p384_sha384")
    assert emulator.requests("Sign") == 0


def test_deterministic_signatures(client, key):
    p256 = private_keys.load(client, key("ec_p256_sha256"))
    try:
        deterministic = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    except (TypeError, UnsupportedAlgorithm):
        return  # this version of cryptography, or its OpenSSL, has none
    with pytest.raises(UnsupportedAlgorithm, match="deterministic"):
        p256.sign(b"", deterministic)


def _pss(algorithm, length):
    return padding.PSS(padding.MGF1(algorithm), length)


@pytest.mark.parametrize(
    "algorithm, used, kind",
    [
        ("rsa_pss_2048_sha256", padding.PKCS1v15(), hashes.SHA256()),
        ("rsa_pss_2048_sha256", _pss(hashes.SHA256(), padding.PSS.MAX_LENGTH), hashes.SHA256()),
        ("rsa_pss_2048_sha256", _pss(hashes.SHA256(), 20), hashes.SHA256()),
        ("rsa_pss_2048_sha256", _pss(hashes.SHA384(), 32), hashes.SHA256()),
        ("rsa_pss_2048_sha256", PSS, hashes.SHA384()),
        ("rsa_pkcs1_2048_sha256", PSS, hashes.SHA256()),
        ("rsa_pkcs1_2048_sha256", OAEP, hashes.SHA256()),
        ("rsa_pkcs1_2048_sha256", padding.PKCS1v15(), hashes.SHA512()),
        ("rsa_oaep_2048_sha256", padding.PKCS1v15(), hashes.SHA256()),
    ],
)
def test_other_parameters_of_rsa(client, key, emulator, algorithm, used, kind):
    signer = private_keys.load(client, key(algorithm))
    with pytest.raises(UnsupportedAlgorithm):
        signer.sign(b"", used, kind)
    assert emulator.requests("Sign") == 0


def test_decryption(client, key):
    decrypter = private_keys.load(client, key("rsa_oaep_2048_sha256"))
    ciphertext = decrypter.public_key().encrypt(b"a secret", OAEP)
    assert decrypter.decrypt(ciphertext, private_keys.oaep_padding()) == b"a secret"


@pytest.mark.parametrize(
    "used",
    [
        padding.PKCS1v15(),
        padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), None),
        padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA1(), None),
        padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), b"label"),
    ],
)
def test_other_parameters_of_decryption(client, key, emulator, used):
    decrypter = private_keys.load(client, key("rsa_oaep_2048_sha256"))
    with pytest.raises(UnsupportedAlgorithm):
        decrypter.decrypt(bytes(256), used)
    assert emulator.requests("Decrypt") == 0


def test_signing_keys_do_not_decrypt(client, key):
    with pytest.raises(UnsupportedAlgorithm):
        private_keys.load(client, key("rsa_pss_2048_sha256")).decrypt(bytes(256), OAEP)


@pytest.mark.parametrize("algorithm", ["aes_256_gcm", "ml_kem_768", "ml_dsa_44"])
def test_other_keys(client, key, algorithm):
    with pytest.raises(scwkms.UnsupportedError):
        private_keys.load(client, key(algorithm))


def test_errors_of_the_service_pass_through_a_builder(client, emulator, new_key):
    made = new_key()
    signer = private_keys.load(client, made)
    client.disable_key(made)
    with pytest.raises(scwkms.KeyStateError) as caught:
        certificate(signer, "ec_p256_sha256")
    assert caught.value.key == made.uri
