//! The limit of streams, and the announcement that a connection closes.

use serde_json::json;

use crate::http2::{GOAWAY, HEADERS, Http2, PING, RST_STREAM, SETTINGS};
use crate::support::Emulator;

const MAX_CONCURRENT_STREAMS: u8 = 3;
const REFUSED_STREAM: u32 = 7;
const NO_ERROR: u32 = 0;

/// The largest id of a stream: requests that are already sent are still accepted.
const ALL_STREAMS: u32 = 0x7fff_ffff;

#[test]
fn the_limit_of_streams_is_announced() {
    for (arguments, limit) in [(&[][..], 250), (&["--max-streams", "7"][..], 7)] {
        let emulator = Emulator::start(&[&["--plain"], arguments].concat());
        let settings = Http2::connect(&emulator).read_one_of(&[SETTINGS]);
        assert_eq!(settings.setting(MAX_CONCURRENT_STREAMS), Some(limit));
    }
}

#[test]
fn a_stream_above_the_limit_is_refused() {
    let emulator = Emulator::start(&["--plain", "--max-streams", "2"]);
    // The responses do not end, so the streams stay open.
    let order = json!({"operation": "*", "times": null, "fault": {"kind": "endless"}});
    assert_eq!(emulator.admin("POST", "/faults", Some(order)).status, 204);
    let mut http2 = Http2::connect(&emulator);
    http2.list(&[1, 3, 5]);
    let mut frames = [(); 3].map(|()| http2.read_one_of(&[HEADERS, RST_STREAM]));
    frames.sort_by_key(|frame| frame.stream);
    let [first, second, refused] = &frames;
    assert_eq!(
        [first, second, refused].map(|frame| frame.stream),
        [1, 3, 5]
    );
    assert!(first.is_success() && second.is_success());
    assert_eq!(
        (refused.kind, refused.number(0)),
        (RST_STREAM, REFUSED_STREAM)
    );
    // After the end of a stream another one is accepted.
    http2.cancel(1);
    http2.list(&[7]);
    let accepted = http2.read_one_of(&[HEADERS, RST_STREAM]);
    assert!(
        accepted.stream == 7 && accepted.is_success(),
        "{accepted:?}"
    );
}

#[test]
fn a_goaway_fault_closes_a_connection_with_requests_in_flight() {
    let emulator = Emulator::start(&["--plain", "--latency", "100"]);
    let order = json!({"operation": "ListAlgorithms", "every": 2, "fault": {"kind": "goaway"}});
    assert_eq!(emulator.admin("POST", "/faults", Some(order)).status, 204);
    let mut http2 = Http2::connect(&emulator);
    http2.list(&[1, 3]);
    let mut frames = Vec::new();
    while let Some(frame) = http2.read() {
        if frame.kind == PING && !frame.is_ack() {
            // The client sends this request before it has handled the GOAWAY frame.
            http2.list(&[5]);
            http2.pong(&frame);
        }
        frames.push(frame);
    }
    let position = |kind| frames.iter().position(|frame| frame.kind == kind);
    assert!(position(GOAWAY) < position(HEADERS), "{frames:?}");
    let goaways: Vec<_> = frames
        .iter()
        .filter(|frame| frame.kind == GOAWAY)
        .map(|frame| (frame.number(0), frame.number(4)))
        .collect();
    assert_eq!(goaways, [(ALL_STREAMS, NO_ERROR), (5, NO_ERROR)]);
    let mut responses: Vec<_> = frames
        .iter()
        .filter(|frame| frame.is_success())
        .map(|frame| frame.stream)
        .collect();
    responses.sort_unstable();
    assert_eq!(responses, [1, 3, 5]);
}
