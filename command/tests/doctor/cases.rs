//! The causes that doctor identifies.

/// A request to the emulator's admin endpoint: method, path and body.
type Admin = (&'static str, &'static str, &'static str);

/// A cause, and the output that it must have. Names between @ stand for values of the fixture.
pub(super) struct Case {
    /// The name in docs/doctor.md.
    pub(super) name: &'static str,
    pub(super) arguments: &'static [&'static str],
    /// Variables that are changed or removed.
    pub(super) environment: &'static [(&'static str, Option<&'static str>)],
    pub(super) admin: Option<Admin>,
    pub(super) restore: Option<Admin>,
    /// The names of the failed steps.
    pub(super) failed_step: Option<&'static [&'static str]>,
    pub(super) parts: &'static [&'static str],
}

const CASE: Case = Case {
    name: "",
    arguments: &["@KEY@"],
    environment: &[],
    admin: None,
    restore: None,
    failed_step: None,
    parts: &[],
};

pub(super) const WRONG_SECRET: &str = "99999999-8888-4777-8666-555555555555";

const KEY_BY_NAME: &[&str] = &["scwkms:name=my-key"];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "works",
        arguments: &["scwkms:name=my-key", "--sign"],
        parts: &[
            "ok      settings",
            "region           fr-par [environment variable SCW_DEFAULT_REGION]",
            "(set, not shown) [environment variable SCW_SECRET_KEY]",
            "issuer       CN=scwkms-emulator CA",
            "ok      clock",
            " of 50 requests per 1s are left",
            "capabilities                sign, verify, public key",
            "ok      signature",
            "All steps work.",
        ],
        ..CASE
    },
    Case {
        name: "no-credentials",
        environment: &[("SCW_ACCESS_KEY", None), ("SCW_SECRET_KEY", None)],
        failed_step: Some(&["settings"]),
        parts: &[
            "failed  settings: no credentials: set SCW_ACCESS_KEY",
            "access-key       - [missing]",
            "ok      TLS",
            "skipped key",
        ],
        ..CASE
    },
    Case {
        name: "half-of-the-credentials",
        environment: &[("SCW_SECRET_KEY", None)],
        failed_step: Some(&["settings"]),
        parts: &[
            "the access key is given (environment variable SCW_ACCESS_KEY), but no secret key",
            "ok      TLS",
        ],
        ..CASE
    },
    Case {
        name: "wrong-secret-key",
        environment: &[("SCW_SECRET_KEY", Some(WRONG_SECRET))],
        failed_step: Some(&["request"]),
        parts: &[
            "the service does not know the secret key",
            "ok      clock",
            "ok      rate limit",
            "skipped key",
        ],
        ..CASE
    },
    Case {
        name: "wrong-region",
        environment: &[("SCW_DEFAULT_REGION", Some("nl-ams"))],
        failed_step: Some(&["key"]),
        parts: &[
            "is in the region fr-par: set SCW_DEFAULT_REGION=fr-par",
            "scwkms:key-id=@KEY@;region=fr-par",
        ],
        ..CASE
    },
    Case {
        name: "missing-key",
        arguments: &["11111111-2222-4333-8444-555555555555"],
        failed_step: Some(&["key"]),
        parts: &["no region has this key"],
        ..CASE
    },
    Case {
        name: "disabled-key",
        arguments: &["@KEY@", "--sign"],
        admin: Some(("PUT", "keys/@KEY@/state", r#"{"state": "disabled"}"#)),
        restore: Some(("PUT", "keys/@KEY@/state", r#"{"state": "enabled"}"#)),
        failed_step: Some(&["key"]),
        parts: &[
            "cannot be used: it is disabled",
            "`scwkms enable @KEY@` enables it",
            "skipped signature",
        ],
        ..CASE
    },
    Case {
        name: "wrong-project",
        arguments: KEY_BY_NAME,
        environment: &[(
            "SCW_DEFAULT_PROJECT_ID",
            Some("44444444-4444-4444-8444-444444444444"),
        )],
        failed_step: Some(&["key"]),
        parts: &[
            "a key with this name is in the project ",
            "set SCW_DEFAULT_PROJECT_ID=",
            "name the key as scwkms:key-id=@KEY@",
        ],
        ..CASE
    },
    Case {
        name: "no-route",
        environment: &[("SCW_API_URL", Some("https://255.255.255.255"))],
        failed_step: Some(&["connection"]),
        parts: &[
            "Network is unreachable",
            "check the network's route",
            "skipped TLS",
            "skipped key",
        ],
        ..CASE
    },
    Case {
        name: "dns-failure",
        environment: &[
            ("SCW_API_URL", Some("https://no-such-host")),
            ("HOSTALIASES", Some("@DIR@/aliases")),
        ],
        failed_step: Some(&["name lookup"]),
        parts: &[
            "the host \"no-such-host\" cannot be looked up",
            "getent hosts no-such-host",
            "skipped connection",
        ],
        ..CASE
    },
    Case {
        name: "untrusted-certificate",
        environment: &[("SCWKMS_CA_FILE", None)],
        failed_step: Some(&["TLS"]),
        parts: &[
            "failed  TLS",
            "issuer       CN=scwkms-emulator CA",
            "ca-file=",
            "skipped key",
        ],
        ..CASE
    },
    Case {
        name: "wrong-clock",
        arguments: &[],
        environment: &[("SCW_API_URL", Some("@OTHER_CLOCK@"))],
        failed_step: Some(&["clock"]),
        parts: &[
            "ok      request",
            "failed  clock: the local clock is 60 min ",
            "behind the service's clock",
            "timedatectl",
        ],
        ..CASE
    },
    Case {
        name: "refusing-proxy",
        environment: &[("HTTPS_PROXY", Some("@REFUSING_PROXY@"))],
        failed_step: Some(&["connection"]),
        parts: &[
            "it refused the connection with HTTP status 403 Forbidden",
            "NO_PROXY",
            "the host of the proxy",
        ],
        ..CASE
    },
    Case {
        name: "exhausted-rate-limit",
        arguments: &[],
        admin: Some(("PUT", "rate-limit", r#"{"used_by_others": 50}"#)),
        restore: Some(("PUT", "rate-limit", r#"{"used_by_others": 0}"#)),
        failed_step: Some(&["request", "rate limit"]),
        parts: &["0 of 50 requests per 1s are left", "the limit is exhausted"],
        ..CASE
    },
];
