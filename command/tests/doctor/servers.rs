//! Servers that fail: a proxy that refuses connections, and a service with another clock.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, SystemTime};

/// The URLs of the servers. They run until the test process ends.
pub(super) struct Servers {
    pub(super) refusing_proxy: String,
    /// Its clock is an hour and half a minute ahead.
    pub(super) other_clock: String,
}

impl Servers {
    pub(super) fn start() -> Self {
        Self {
            refusing_proxy: serve(refusal),
            other_clock: serve(response_of_later),
        }
    }
}

fn refusal() -> String {
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_owned()
}

fn response_of_later() -> String {
    let later = SystemTime::now() + Duration::from_secs(3630);
    let date = httpdate::fmt_http_date(later);
    let headers = "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close";
    format!("HTTP/1.1 200 OK\r\nDate: {date}\r\n{headers}\r\n\r\n{{}}")
}

/// Responds to each connection's first request. The result is the URL.
fn serve(response: fn() -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            respond(&stream.expect("a connection"), &response());
        }
    });
    format!("http://{address}")
}

fn respond(mut stream: &TcpStream, response: &str) {
    let lines = BufReader::new(stream).lines();
    // doctor's first connection sends nothing.
    let head = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty());
    if head.count() > 0 {
        let _ = stream.write_all(response.as_bytes());
    }
}
