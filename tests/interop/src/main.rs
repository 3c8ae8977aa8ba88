//! Calls operations of scwkms for tests in other languages. The argument is a client URI. Each line of standard input is a
//! call, for example `{"operation": "sign", "key": "ID", "digest": "BASE64"}`. Each line of standard output is its result,
//! `{"result": ...}` or `{"error": "..."}`. The fields have the names of the service.

mod call;
mod output;

use std::io::{Write, stdin, stdout};

use scwkms::Client;
use serde_json::{Value, json};

use call::Call;

fn main() {
    let uri = std::env::args()
        .nth(1)
        .expect("a client URI as the argument");
    let client = Client::open(&uri).expect("a client");
    for line in stdin().lines() {
        let line = line.expect("a line");
        let call: Call = serde_json::from_str(&line).expect("a call as JSON");
        let mut output = stdout().lock();
        writeln!(output, "{}", response(&client, &call)).expect("standard output");
        output.flush().expect("standard output");
    }
}

fn response(client: &Client, call: &Call) -> Value {
    match call.run(client) {
        Ok(result) => json!({"result": result}),
        Err(error) => json!({"error": error.to_string()}),
    }
}
