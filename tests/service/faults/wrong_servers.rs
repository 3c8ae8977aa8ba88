//! Servers that must not receive the secret key.

use std::net::{SocketAddr, TcpListener};

use super::matrix::Cause;
use crate::emulator::Emulator;

/// All tests of the matrix share them.
pub(super) struct WrongServers {
    /// Emulators with a certificate that must be rejected, and their options.
    with_wrong_certificates: Vec<(&'static [&'static str], Emulator)>,
    /// The target of redirects.
    redirect_target: TcpListener,
}

impl WrongServers {
    pub(super) fn start(causes: impl Iterator<Item = Cause>) -> Self {
        let redirect_target = TcpListener::bind("127.0.0.1:0").expect("a listener");
        redirect_target.set_nonblocking(true).expect("an option");
        let options = causes.filter_map(|cause| match cause {
            Cause::Certificate(options) => Some(options),
            _ => None,
        });
        Self {
            with_wrong_certificates: options.map(|o| (o, Emulator::start_with(o))).collect(),
            redirect_target,
        }
    }

    pub(super) fn redirect_target(&self) -> SocketAddr {
        self.redirect_target.local_addr().expect("an address")
    }

    pub(super) fn with_options(&self, options: &[&str]) -> &Emulator {
        let mut servers = self.with_wrong_certificates.iter();
        let found = servers.find(|(other, _)| *other == options);
        &found.expect("a server with these options").1
    }

    /// The certificate authorities of the servers whose certificate is expired or for another host.
    /// The client trusts them, so that nothing else is wrong with these certificates.
    pub(super) fn authorities(&self) -> Vec<u8> {
        let servers = self.with_wrong_certificates.iter();
        servers
            .filter(|(options, _)| !options.is_empty())
            .flat_map(|(_, server)| std::fs::read(server.get("ca_file")).expect("PEM"))
            .collect()
    }

    /// Checks that no server has received a connection or request that can contain the secret key.
    pub(super) fn check_nothing_received(&self) -> Result<(), String> {
        if self.redirect_target.accept().is_ok() {
            return Err("a redirect was followed".to_owned());
        }
        for (options, emulator) in &self.with_wrong_certificates {
            let stats = emulator.stats();
            if stats["requests"] != 0 || stats["tokens_seen"] != 0 {
                // It is reported once, not by each later case.
                emulator.reset_requests();
                return Err(format!("a server with {options:?} received a request"));
            }
        }
        Ok(())
    }
}
