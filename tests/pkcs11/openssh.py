"""OpenSSH: public keys, a user's certificate signed by a key of the module, and logins at an sshd on loopback, with an agent
and without."""

import getpass
import os

from fixture import PAGE, contains
from harness import documents
from harness.build import run_tool
from harness.results import expect
from servers import Server, start

# The keys of the agent in files, which select them.
SELECT = "ssh-add -L | grep ' ec-key$' > ec.pub; ssh-add -L | grep ' rsa-key$' > rsa.pub; chmod 600 ec.pub rsa.pub"
AGENT_LOGINS = [("ec.pub", "ecdsa-sha2-nistp256"), ("rsa.pub", "rsa-sha2-256")]
LOGIN = "ssh -F none -T -p {port} -o UserKnownHostsFile=known_hosts -o BatchMode=yes {options} {user}@127.0.0.1 echo logged in"


def prepare(token):
    token.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "user")
    token.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "host")
    # ssh-add asks for a PIN, without a terminal by this program. It gets an empty one.
    os.chmod(token.write("askpass", "#!/bin/sh\necho\n"), 0o700)
    token.env.update(SSH_ASKPASS=token.path("askpass"), SSH_ASKPASS_REQUIRE="force")


def fingerprint(token, public_key):
    """`public_key` is a line in OpenSSH's format."""
    return token.command("ssh-keygen", "-l", "-f", token.write("key.pub", public_key)).split()[1]


def service_key(token, name):
    """The public key that the service returned, in OpenSSH's format."""
    pem = run_tool(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", token.write("key.der", token.public[name])])
    return token.command("ssh-keygen", "-i", "-m", "PKCS8", "-f", token.write("key.pem", pem))


def public_keys(token):
    """OpenSSH shows EC and RSA keys with their names."""
    listed = token.run("ssh-public-keys")
    token.write("authorized_keys", listed)
    for name in ("ec-key", "ec384-key", "rsa-key", "pss-key"):
        [line] = [line for line in listed.splitlines() if line.endswith(f" {name}")]
        expect(fingerprint(token, line) == fingerprint(token, service_key(token, name)), f"another key: {line}")


def certificate(token):
    """ssh-keygen -L verifies the signature of the certificate."""
    contains(token.run("ssh-certificate"), "using ecdsa-sha2-nistp256", 'Key ID: "alice"', "alice")


def rsa_certificate(token):
    token.shell("""ssh-keygen -D "$MODULE" | grep ' rsa-key$' > rsa-ca.pub
        ssh-keygen -s rsa-ca.pub -D "$MODULE" -t rsa-sha2-256 -I alice -n alice user.pub""")
    contains(token.command("ssh-keygen", "-L", "-f", "user-cert.pub"), "using rsa-sha2-256")


def sshd(token):
    """An sshd that accepts the token's keys, and users' certificates of its EC key."""
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
    with open(token.path("host.pub"), encoding="utf-8") as file:
        host = file.read()
    options = {"HostKey": token.path("host"), "AuthorizedKeysFile": token.path("authorized_keys"), "StrictModes": "no",
               "TrustedUserCAKeys": token.path("ca.pub"), "UsePAM": "no", "PasswordAuthentication": "no",
               "AuthorizedPrincipalsFile": token.path("principals"), "PidFile": "none", "LogLevel": "VERBOSE"}
    token.write("principals", "alice\n")
    settings = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]

    def launch(port):
        token.write("known_hosts", f"[127.0.0.1]:{port} {host}")
        server = Server(["/usr/sbin/sshd", "-D", "-e", "-f", "none", "-p", str(port), "-o", "ListenAddress=127.0.0.1",
                         *settings], "Server listening", token.folder, token.env)
        server.port = port
        return server
    return start(launch)


def login(port, options=""):
    return LOGIN.format(port=port, user=getpass.getuser(), options=options)


def by_agent(token, server):
    """The agent signs. It ends with the shell."""
    agent, *steps = documents.block(PAGE, "ssh-agent").splitlines()
    logins = [login(server.port, f"-o IdentitiesOnly=yes -o PubkeyAcceptedAlgorithms={algorithm} -i {file}")
              for file, algorithm in AGENT_LOGINS]
    script = [agent, "trap 'kill $SSH_AGENT_PID' EXIT", *steps, SELECT, *logins]
    output = token.shell("\n".join(script))
    expect(output.count("logged in\n") == len(AGENT_LOGINS), output)
    server.wait_for("Accepted publickey for")


def without_agent(token, server):
    output = token.shell(login(server.port, '-o PKCS11Provider="$MODULE" -o PubkeyAcceptedAlgorithms=ecdsa-sha2-nistp256'))
    contains(output, "logged in")


def by_certificate(token, server):
    """The user has an own key, and a certificate that the module's key has signed."""
    token.run("ssh-certificate")
    token.write("authorized_keys", "")
    output = token.shell(login(server.port, "-i user -o CertificateFile=user-cert.pub -o IdentitiesOnly=yes"))
    contains(output, "logged in")


def logins(results, token):
    with sshd(token) as server:
        results.case("OpenSSH: login with an agent", by_agent, token, server)
        results.case("OpenSSH: login without an agent", without_agent, token, server)
        results.case("OpenSSH: login with a certificate", by_certificate, token, server)


def run(results, token):
    prepare(token)
    results.case("ssh-keygen shows public keys", public_keys, token)
    results.case("ssh-keygen signs a certificate", certificate, token)
    results.case("ssh-keygen signs a certificate with an RSA key", rsa_certificate, token)
    logins(results, token)
