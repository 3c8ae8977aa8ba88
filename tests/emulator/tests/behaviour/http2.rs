//! A minimal HTTP/2 client. It shows the frames of the emulator, which HTTP libraries hide.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::Emulator;

pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;

const ACK: u8 = 0x1;
const END_STREAM_AND_HEADERS: u8 = 0x5;
const CANCEL: u32 = 8;

#[derive(Debug)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

pub struct Http2 {
    socket: TcpStream,
    token: String,
}

impl Frame {
    fn new(kind: u8, flags: u8, stream: u32, payload: Vec<u8>) -> Self {
        Frame {
            kind,
            flags,
            stream,
            payload,
        }
    }

    pub fn is_ack(&self) -> bool {
        self.flags & ACK != 0
    }

    /// A number of four bytes in the payload.
    pub fn number(&self, position: usize) -> u32 {
        let bytes = self.payload[position..position + 4].try_into();
        u32::from_be_bytes(bytes.expect("four bytes"))
    }

    /// The value of a setting of a SETTINGS frame.
    pub fn setting(&self, id: u8) -> Option<u32> {
        let mut settings = self.payload.chunks_exact(6);
        let found = settings.find(|setting| setting[..2] == [0, id])?;
        let value = found[2..].try_into().expect("four bytes");
        Some(u32::from_be_bytes(value))
    }

    /// Whether this is the head of a response with status 200, which is entry 8 of HPACK's table.
    pub fn is_success(&self) -> bool {
        self.kind == HEADERS && self.payload.first() == Some(&0x88)
    }

    fn bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.payload.len()).expect("a short frame");
        let mut bytes = length.to_be_bytes()[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }
}

/// A field without Huffman coding and without use of the dynamic table.
fn field(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        bytes.push(u8::try_from(text.len()).expect("a short text"));
        bytes.extend(text.as_bytes());
    }
    bytes
}

impl Http2 {
    /// Connects to an emulator that was started with `--plain`.
    pub fn connect(emulator: &Emulator) -> Self {
        let address = emulator.get("url").strip_prefix("http://").expect("plain");
        let mut socket = TcpStream::connect(address).expect("a connection");
        let timeout = Some(Duration::from_secs(60));
        socket.set_read_timeout(timeout).expect("a timeout");
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        bytes.extend(Frame::new(SETTINGS, 0, 0, Vec::new()).bytes());
        socket.write_all(&bytes).expect("a preface");
        Http2 {
            socket,
            token: emulator.get("secret_key").to_owned(),
        }
    }

    fn send(&mut self, frames: &[Frame]) {
        let bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
        self.socket.write_all(&bytes).expect("a connection");
    }

    /// Requests the list of algorithms, once in each stream, with one write.
    pub fn list(&mut self, streams: &[u32]) {
        let head = [
            field(":method", "GET"),
            field(":scheme", "http"),
            field(":authority", "localhost"),
            field(":path", "/key-manager/v1alpha1/regions/fr-par/algorithms"),
            field("x-auth-token", &self.token),
        ]
        .concat();
        let head =
            |stream: &u32| Frame::new(HEADERS, END_STREAM_AND_HEADERS, *stream, head.clone());
        let frames: Vec<_> = streams.iter().map(head).collect();
        self.send(&frames);
    }

    /// Cancels a request.
    pub fn cancel(&mut self, stream: u32) {
        let payload = CANCEL.to_be_bytes().to_vec();
        self.send(&[Frame::new(RST_STREAM, 0, stream, payload)]);
    }

    /// Responds to a PING frame.
    pub fn pong(&mut self, ping: &Frame) {
        self.send(&[Frame::new(PING, ACK, 0, ping.payload.clone())]);
    }

    /// The next frame, or None at the end of the connection.
    pub fn read(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        match self.socket.read_exact(&mut head) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return None,
            result => result.expect("a frame"),
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.socket.read_exact(&mut payload).expect("a payload");
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some(Frame::new(head[3], head[4], stream, payload))
    }

    /// The next frame of one of these kinds.
    pub fn read_one_of(&mut self, kinds: &[u8]) -> Frame {
        loop {
            let frame = self.read().expect("a frame");
            if kinds.contains(&frame.kind) {
                return frame;
            }
        }
    }
}
