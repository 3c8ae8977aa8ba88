//! The results, as the line of JSON that every load program prints.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde_json::json;

use crate::Result;

/// Processor time, in microseconds.
#[derive(Clone, Copy)]
pub struct Usage(i64);

impl Usage {
    pub fn now() -> Result<Self> {
        let usage = getrusage(UsageWho::RUSAGE_SELF)?;
        let micros = |time: TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
        Ok(Usage(
            micros(usage.user_time()) + micros(usage.system_time()),
        ))
    }

    pub fn since(self, before: Self) -> f64 {
        (self.0 - before.0) as f64
    }
}

pub struct Measured<'a> {
    /// In nanoseconds.
    pub latencies: Vec<u64>,
    pub seconds: f64,
    pub used: f64,
    pub digest: &'a [u8],
    /// In base64, as the response contains it.
    pub signature: &'a str,
}

pub fn line(mut measured: Measured<'_>) -> Result<String> {
    measured.latencies.sort_unstable();
    let count = measured.latencies.len();
    // The nearest rank: the smallest latency that this share of the signatures does not exceed.
    let percentile = |percent: usize| {
        let rank = (count * percent).div_ceil(100).max(1);
        measured.latencies[rank - 1] as f64 / 1000.0
    };
    let status = std::fs::read_to_string("/proc/self/status")?;
    let from_status = |name: &str| -> Result<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("no such line in /proc/self/status")?.parse()?)
    };
    Ok(json!({
        "signatures": count,
        "seconds": measured.seconds,
        "p50_us": percentile(50),
        "p99_us": percentile(99),
        "cpu_us_per_signature": measured.used / count as f64,
        "peak_rss_kib": from_status("VmHWM:")?,
        // The program has one thread from start to end.
        "threads": from_status("Threads:")?,
        "digest_hex": hex(measured.digest),
        "signature_hex": hex(&STANDARD.decode(measured.signature)?),
    })
    .to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
