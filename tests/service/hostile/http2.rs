//! HTTP/2 frames of a server.

/// A frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length");
    let head = [kind, flags, 0, 0, 0, stream];
    [&length.to_be_bytes()[1..], &head, payload].concat()
}

/// A SETTINGS frame without settings.
pub(super) fn settings() -> Vec<u8> {
    frame(4, 0, 0, &[])
}

/// A GOAWAY frame, which ends the connection, with debug data.
pub(super) fn goaway(debug_data: &[u8]) -> Vec<u8> {
    const INTERNAL_ERROR: u8 = 2;
    let fields = [0, 0, 0, 0, 0, 0, 0, INTERNAL_ERROR];
    frame(7, 0, 0, &[&fields, debug_data].concat())
}

/// A complete response of status 200 with this number of header fields of 1,000 bytes.
pub(super) fn response_with_fields(count: usize) -> Vec<u8> {
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;
    // A literal field without indexing, and its lengths (RFC 7541, sections 6.2.2 and 5.1).
    let field = [&[0, 1, b'x', 0x7f, 0xe9, 0x06], &[b'a'; 1000][..]].concat();
    let mut frames = frame(1, END_STREAM, 1, &[0x88]);
    for part in field.repeat(count).chunks(16 << 10) {
        frames.extend(frame(9, 0, 1, part));
    }
    frames.extend(frame(9, END_HEADERS, 1, &[]));
    frames
}
