"""The configuration file, certificates, the PIN as the secret key, and the log."""

import os
import subprocess

import constants
from fixture import VARIABLES, WRITABLE, label, quoted, refused
from harness import needs
from harness.results import expect


def no_file_is_necessary(fixture, keys):
    fixture.open()
    expect(fixture.private_key(label("ec_p256_sha256")), "no key")
    refused("CKR_SLOT_ID_INVALID", fixture.module.open_session, 1)


def missing_settings(fixture, keys):
    """A machine without credentials has a slot without a token, and the log states the cause."""
    secret = os.environ.pop("SCW_SECRET_KEY")
    try:
        fixture.initialize()
        expect(fixture.module.numbers("GetSlotList", 1) == [], "a token")
        expect(fixture.module.numbers("GetSlotList", 0) == [0], "no slot")
        refused("CKR_TOKEN_NOT_PRESENT", fixture.module.open_session)
        expect("no secret key" in fixture.read_log(), fixture.read_log())
    finally:
        os.environ["SCW_SECRET_KEY"] = secret


def errors_are_logged_with_line_and_value(fixture, keys):
    for config, parts in (
        ('[[token]]\nlabel = "x"\npin = 5\n', ["line 3", "pin = 5"]),
        ('[[token]]\nlabel = "x"\ncertificates = ["none.pem"]\n', ["line 3", "none.pem"]),
        ('[[token]]\nlabels = "x"\n', ["line 2", "labels"]),
    ):
        refused("CKR_GENERAL_ERROR", fixture.initialize, config)
        log = fixture.read_log()
        expect(all(part in log for part in ["C_Initialize", *parts]), log)


def errors_do_not_contain_the_secret_key(fixture, keys):
    """Instead of the setting's value, the secret key itself is given."""
    secret = os.environ["SCW_SECRET_KEY"]
    for setting in (f'pin = "{secret}"', f'secret-key = "{secret}"'):
        refused("CKR_GENERAL_ERROR", fixture.initialize, f'[[token]]\nlabel = "x"\n{setting}\n')
        log = fixture.read_log()
        expect("line 3" in log and secret not in log, log)


def several_tokens(fixture, keys):
    key = keys["ec_p256_sha256"]
    client = fixture.emulator.uri()
    fixture.initialize(
        f'[[token]]\nlabel = "one"\nclient = "{client}"\nkeys = [{{ id = "{key}" }}]\n'
        f'[[token]]\nlabel = "two"\nkeys = [{{ name = "{label("ec_p384_sha384")}" }}, {{ tag = "none" }}]\n')
    module = fixture.module
    sessions = [module.open_session(slot) for slot in (0, 1)]
    names = [label("ec_p256_sha256"), label("ec_p384_sha384")]
    for session, own, other in ((sessions[0], *names), (sessions[1], *reversed(names))):
        expect(len(module.find(session)) == 2, "not one key")
        found = module.find(session, CKA_LABEL=own)
        expect(len(found) == 2 and module.find(session, CKA_LABEL=other) == [], "another selection")
    refused("CKR_KEY_HANDLE_INVALID", module.init, "SignInit", sessions[0], found[0], "CKM_ECDSA")
    expect("no key of Tag" in fixture.read_log(), "the log does not name the empty selection")


def certificate(fixture, name, subject, key_label=None, chain=()):
    """Writes a certificate of a key of the emulator, or of another key."""
    other = os.path.join(fixture.folder, "other.key")
    openssl = needs.program("openssl")
    subprocess.run([openssl, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", other],
                   check=True, capture_output=True)
    options = []
    if key_label:
        public = os.path.join(fixture.folder, "public.pem")
        with open(public, "w", encoding="ascii") as file:
            file.write(fixture.emulator.public_pem(key_label).replace("EC PUBLIC KEY", "PUBLIC KEY"))
        options = ["-force_pubkey", public]
    request = subprocess.run([openssl, "req", "-new", "-x509", "-key", other, "-subj", subject, "-days", "1"],
                             check=True, capture_output=True).stdout
    if options:
        csr = subprocess.run([openssl, "req", "-new", "-key", other, "-subj", subject], check=True, capture_output=True)
        request = subprocess.run([openssl, "x509", "-req", "-signkey", other, "-days", "1", *options], input=csr.stdout,
                                 check=True, capture_output=True).stdout
    path = os.path.join(fixture.folder, name)
    with open(path, "wb") as file:
        file.write(request + b"".join(chain))
    return path, request


def certificates(fixture, keys):
    """A certificate has the id of its key. A file contains a chain."""
    _, issuer = certificate(fixture, "issuer.pem", "/CN=issuer")
    path, _ = certificate(fixture, "server.pem", "/CN=server", keys["ec_p256_sha256"], chain=[issuer])
    fixture.open(WRITABLE + f'certificates = ["{os.path.basename(path)}"]\n')
    found = fixture.find(CKA_CLASS=constants.CKO_CERTIFICATE)
    labels = [fixture.attribute(handle, "CKA_LABEL") for handle in found]
    expect(labels == [b"server", b"server 2"], labels)
    identifier = fixture.attribute(fixture.private_key(label("ec_p256_sha256")), "CKA_ID")
    expect(fixture.attribute(found[0], "CKA_ID") == identifier, "not the key's id")
    expect(fixture.attribute(found[1], "CKA_ID") != identifier, "the id of another certificate's key")
    expect(fixture.find(CKA_CLASS=constants.CKO_CERTIFICATE, CKA_ID=identifier) == found[:1], "not found by the id")
    expect(len(fixture.find(CKA_ID=identifier)) == 3, "not a key pair and a certificate")
    issued = fixture.attribute(found[0], "CKA_VALUE")
    for name in ("CKA_SUBJECT", "CKA_ISSUER", "CKA_SERIAL_NUMBER", "CKA_PUBLIC_KEY_INFO"):
        value = fixture.attribute(found[0], name)
        expect(value in issued and found[0] in fixture.find(**{name: value}), name)
    expect(fixture.attribute(found[0], "CKA_PUBLIC_KEY_INFO") == fixture.public_der(keys["ec_p256_sha256"]), "another key")
    refused("CKR_ACTION_PROHIBITED", fixture.module.call, "DestroyObject", fixture.session, found[0])


def a_certificate_in_two_files(fixture, keys):
    """It is one object."""
    issuer, content = certificate(fixture, "issuer.pem", "/CN=issuer")
    path, _ = certificate(fixture, "server.pem", "/CN=server", chain=[content])
    fixture.open(WRITABLE + f'certificates = ["{issuer}", "{path}"]\n')
    found = fixture.find(CKA_CLASS=constants.CKO_CERTIFICATE)
    labels = [fixture.attribute(handle, "CKA_LABEL") for handle in found]
    expect(labels == [b"issuer", b"server"], labels)


def a_folder_of_certificates(fixture, keys):
    folder = os.path.join(fixture.folder, "certificates")
    os.makedirs(folder)
    for name in ("b.pem", "a.pem"):
        path, _ = certificate(fixture, name, f"/CN={name}")
        os.rename(path, os.path.join(folder, name))
    fixture.open(WRITABLE + f'certificates = ["{folder}"]\n')
    found = fixture.find(CKA_CLASS=constants.CKO_CERTIFICATE)
    labels = [fixture.attribute(handle, "CKA_LABEL") for handle in found]
    expect(labels == [b"a", b"b"], labels)


def the_pin_is_the_secret_key(fixture, keys):
    secret = os.environ.pop("SCW_SECRET_KEY")
    module = fixture.module
    try:
        fixture.open('[[token]]\nlabel = "scwkms"\npin = "secret-key"\n')
        expect(fixture.find() == [], "keys without a login")
        wrong = "00000000-0000-4000-8000-000000000000"
        for pin in (wrong, "1234", ""):
            refused("CKR_PIN_INCORRECT", module.call, "Login", fixture.session, constants.CKU_USER, pin.encode(), len(pin))
        login = ("Login", fixture.session, constants.CKU_USER, secret.encode(), len(secret))
        module.call(*login)
        handle = fixture.private_key(label("ec_p256_sha256"))
        expect(len(module.sign(fixture.session, handle, "CKM_ECDSA", bytes(32))) == 64, "no signature")
        module.call("Logout", fixture.session)
        expect(fixture.find() == [], "keys after the logout")
        refused("CKR_USER_NOT_LOGGED_IN", module.init, "SignInit", fixture.session, handle, "CKM_ECDSA")
        refused("CKR_OBJECT_HANDLE_INVALID", fixture.attribute, handle, "CKA_LABEL")
        module.call(*login)
        refused("CKR_KEY_HANDLE_INVALID", module.init, "SignInit", fixture.session, handle, "CKM_ECDSA")
        expect(handle not in fixture.find(), "a handle is valid in a later login")
        log = fixture.read_log()
        expect(secret not in log and quoted(secret) not in log, "the log contains the secret key")
    finally:
        os.environ["SCW_SECRET_KEY"] = secret


def a_login_with_incomplete_settings(fixture, keys):
    """The PIN is not the cause."""
    names = ("SCW_SECRET_KEY", "SCW_ACCESS_KEY")
    values = {name: os.environ.pop(name) for name in names}
    secret = values["SCW_SECRET_KEY"]
    try:
        fixture.open('[[token]]\nlabel = "scwkms"\npin = "secret-key"\n')
        refused("CKR_TOKEN_NOT_PRESENT", fixture.module.call, "Login", fixture.session, constants.CKU_USER,
                secret.encode(), len(secret))
        log = fixture.read_log()
        expect("no access key" in log and secret not in log, log)
    finally:
        os.environ.update(values)


def the_log_has_levels(fixture, keys):
    fixture.open(WRITABLE, level="error")
    refused("CKR_KEY_HANDLE_INVALID", fixture.module.init, "SignInit", fixture.session, 2**31, "CKM_ECDSA")
    lines = fixture.read_log().splitlines()
    expect(len(lines) == 1 and "error: C_SignInit: CKR_KEY_HANDLE_INVALID (0x60)" in lines[0], lines)


def a_log_that_cannot_be_opened(fixture, keys):
    """The module works without a log."""
    fixture.module.code("Finalize", None)
    os.environ["SCWKMS_PKCS11_LOG"] = os.path.join(fixture.folder, "none", "log")
    fixture.module.call("Initialize", None)
    fixture.session = fixture.module.open_session()
    expect(fixture.private_key(label("ec_p256_sha256")), "no key")


def warnings_are_logged(fixture, keys):
    """Not written to standard error."""
    fixture.open(f'[[token]]\nlabel = "x"\nclient = "{fixture.emulator.uri(ca_file=None)};insecure=true"\n')
    expect("warning: " in fixture.read_log() and "insecure" in fixture.read_log(), fixture.read_log())
    for name in VARIABLES:
        os.environ.pop(name, None)


CASES = [no_file_is_necessary, missing_settings, errors_are_logged_with_line_and_value,
         errors_do_not_contain_the_secret_key, several_tokens, certificates, a_certificate_in_two_files,
         a_folder_of_certificates, the_pin_is_the_secret_key, a_login_with_incomplete_settings, the_log_has_levels,
         a_log_that_cannot_be_opened,
         warnings_are_logged]
