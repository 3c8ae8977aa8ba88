//! `scwkms-emulator` is Scaleway Key Manager on loopback.
//!
//! It implements every operation of the service's SDK with real cryptography: keys are generated,
//! signatures verify, ciphertexts decrypt. Clients can be tested without an account. The emulator is
//! as strict as the service. Through its own endpoints, tests order faults of the network and of the
//! service.
//!
//! ```text
//! $ scwkms-emulator
//! {"url":"https://127.0.0.1:41443","ca_file":"/tmp/...","access_key":"SCW...","secret_key":"...",...}
//! ```
//!
//! The modules, lowest layer first: `algorithm` is the table of key algorithms, `crypto` the key
//! material, `state` the keys in memory and on disk, `operations` the service's operations,
//! `faults` the faults that tests order, and `http` the server.

mod algorithm;
mod crypto;
mod faults;
mod http;
mod operations;
mod options;
mod ready;
mod state;

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::faults::Faults;
use crate::http::clock::Clock;
use crate::http::prepared::Prepared;
use crate::http::rate_limit::{Policy, RateLimit};
use crate::http::service::App;
use crate::http::stats::Stats;
use crate::http::{server, tls};
use crate::options::{Command, HELP, Options};
use crate::ready::Ready;
use crate::state::identity::Identity;
use crate::state::{DataDir, Store};

fn main() -> ExitCode {
    let options = match options::parse(std::env::args_os()) {
        Ok(Command::Serve(options)) => options,
        Ok(Command::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Version) => {
            println!("scwkms-emulator {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("scwkms-emulator: {error}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    match start(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scwkms-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(options: &Options) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start threads: {error}"))?;
    let result = runtime.block_on(run(options));
    // The generation of an RSA key may still run. Its result is not needed.
    runtime.shutdown_background();
    result
}

async fn run(options: &Options) -> Result<(), String> {
    let fresh = Identity::generate().map_err(|_| "cannot generate credentials".to_owned())?;
    let (identity, keys, disk) = match &options.data_dir {
        Some(path) => {
            let disk = Arc::new(DataDir::open(path)?);
            (disk.identity(fresh)?, disk.load_keys()?, Some(disk))
        }
        None => (fresh, Vec::new(), None),
    };
    let certificates = if options.plain {
        None
    } else {
        Some(Certificates::new(disk.as_deref())?)
    };
    let tls = match &certificates {
        Some(certificates) => Some(tls::acceptor(&certificates.directory, options.flaw)?),
        None => None,
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let authority = match options.host_name {
        Some(name) => format!("{name}:{}", address.port()),
        None => address.to_string(),
    };

    let ca_file = certificates
        .as_ref()
        .map(|certificates| certificates.directory.join(tls::CA_FILE));
    let ready = Ready::new(&authority, ca_file.as_deref(), &identity)?.text(options.env);
    let app = Arc::new(App {
        store: Arc::new(Store::new(keys, disk)),
        token: identity.secret_key.to_string(),
        identity: Arc::new(identity),
        stats: Stats::new(),
        clock: Clock::new(),
        rate_limit: RateLimit::new(Policy::of_option(options.rate_limit)),
        faults: Faults::default(),
        log: options.log,
        latency: options.latency,
        name_filter: options.name_filter,
        ml_dsa_digest: options.ml_dsa_digest,
        prepared: options.prepared.then(Prepared::default),
    });
    print_ready(&ready, options.env)
        .map_err(|error| format!("cannot write to standard output: {error}"))?;

    tokio::select! {
        () = server::accept(listener, tls, app, options.max_streams.get()) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = stdin_close(), if options.exit_on_stdin_close => {}
    }
    Ok(())
}

fn print_ready(text: &str, detach: bool) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    if detach {
        // The shell waits until standard output is closed before it evaluates the exports.
        let null = File::options().write(true).open("/dev/null")?;
        rustix::stdio::dup2_stdout(null)?;
    }
    Ok(())
}

/// The directory of the certificates: the data directory, or a temporary one.
struct Certificates {
    directory: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Certificates {
    fn new(disk: Option<&DataDir>) -> Result<Self, String> {
        if let Some(disk) = disk {
            return Ok(Certificates {
                directory: disk.path().to_owned(),
                _temporary: None,
            });
        }
        let temporary = tempfile::Builder::new()
            .prefix("scwkms-emulator-")
            .tempdir()
            .map_err(|error| format!("cannot create a temporary directory: {error}"))?;
        Ok(Certificates {
            directory: temporary.path().to_owned(),
            _temporary: Some(temporary),
        })
    }
}

/// Returns when standard input ends. This happens at the latest when the parent process ends.
async fn stdin_close() {
    let (ended, end) = oneshot::channel();
    // The runtime would wait for a read that may never end, so a separate thread reads.
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
