//! The calls of a run.

use std::ptr;

use cryptoki_sys::*;
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};

use super::arguments::{Bytes, Mechanism, Template};
use super::module::{FUNCTIONS, initialize};
use super::outputs::{Buffer, Handle, check_code};
use super::service::SERVICE;

const MAX_SESSIONS: usize = 4;

/// The functions of `whole` that are the inverse of each other.
const ENCRYPT: u8 = 0;
const DECRYPT: u8 = 1;

pub struct Run {
    functions: &'static CK_FUNCTION_LIST_3_2,
    sessions: Vec<CK_SESSION_HANDLE>,
    objects: Vec<CK_OBJECT_HANDLE>,
    /// Plaintexts and their ciphertexts.
    encrypted: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether a response may be corrupt.
    has_corrupted: bool,
    /// Whether an object was removed, which no later run could find.
    has_removed: bool,
}

/// Calls a function of the list.
macro_rules! call {
    ($run:ident.$function:ident($($argument:expr),*)) => {
        // SAFETY: each pointer is NULL, or points to what the specification demands.
        unsafe { $run.functions.$function.expect("a function")($($argument),*) }
    };
}

impl Run {
    /// A run begins with a session.
    pub fn new() -> Self {
        SERVICE.corrupt_none();
        let mut run = Self {
            functions: *FUNCTIONS,
            sessions: Vec::new(),
            objects: Vec::new(),
            encrypted: Vec::new(),
            has_corrupted: false,
            has_removed: false,
        };
        run.open(CKF_SERIAL_SESSION | CKF_RW_SESSION);
        run
    }

    fn open(&mut self, flags: CK_FLAGS) {
        let mut handle = 0;
        let code = call!(self.C_OpenSession(0, flags, ptr::null_mut(), None, &mut handle));
        check_code(code);
        if code == CKR_OK {
            self.sessions.push(handle);
        }
    }

    /// In most cases a session of this run.
    fn session(&self, input: &mut Unstructured<'_>) -> Result<CK_SESSION_HANDLE> {
        match (u8::arbitrary(input)?, self.sessions.as_slice()) {
            (255, _) | (_, []) => CK_SESSION_HANDLE::arbitrary(input),
            (n, sessions) => Ok(sessions[usize::from(n) % sessions.len()]),
        }
    }

    /// In most cases an object that was found.
    fn object(&self, input: &mut Unstructured<'_>) -> Result<CK_OBJECT_HANDLE> {
        match (u8::arbitrary(input)?, self.objects.as_slice()) {
            (255, _) | (_, []) => CK_OBJECT_HANDLE::arbitrary(input),
            (n, objects) => Ok(objects[usize::from(n) % objects.len()]),
        }
    }

    pub fn call(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        match u8::arbitrary(input)? % 16 {
            0 => {
                self.has_corrupted = true;
                SERVICE.corrupt_next(input)?;
            }
            1 => self.sessions_and_login(input)?,
            2 | 3 => self.find(input)?,
            4 => self.attributes(input)?,
            5 | 6 => self.initialize(input)?,
            7 | 8 => self.whole(input)?,
            9 => self.part(input)?,
            10 => self.last(input)?,
            11 => self.verify(input)?,
            12 => self.generate(input)?,
            13 => self.destroy(input)?,
            14 => self.random(input)?,
            _ => self.slots(input)?,
        }
        Ok(())
    }

    fn sessions_and_login(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let session = self.session(input)?;
        match u8::arbitrary(input)? % 5 {
            0 if self.sessions.len() < MAX_SESSIONS => self.open(u8::arbitrary(input)?.into()),
            1 => {
                let pin = Bytes::read(input)?;
                let user = u8::arbitrary(input)? % 4;
                check_code(call!(self.C_Login(
                    session,
                    user.into(),
                    pin.pointer(),
                    pin.len
                )));
            }
            2 => check_code(call!(self.C_Logout(session))),
            3 => check_code(call!(
                self.C_SessionCancel(session, CK_FLAGS::arbitrary(input)?)
            )),
            _ if self.sessions.len() > 1 => {
                check_code(call!(self.C_CloseSession(session)));
                self.sessions.retain(|open| *open != session);
            }
            _ => {}
        }
        Ok(())
    }

    fn find(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        const MAX_COUNT: usize = 8;
        let session = self.session(input)?;
        let mut template = Template::read(input)?;
        check_code(call!(self.C_FindObjectsInit(
            session,
            template.pointer(),
            template.count()
        )));
        let (mut found, mut count) = ([0; MAX_COUNT], 0);
        let code = call!(self.C_FindObjects(
            session,
            found.as_mut_ptr(),
            MAX_COUNT as CK_ULONG,
            &mut count
        ));
        check_code(code);
        assert!(code == CKR_OK || count == 0);
        self.objects.extend(&found[..count as usize]);
        self.objects.sort_unstable();
        self.objects.dedup();
        if bool::arbitrary(input)? {
            check_code(call!(self.C_FindObjectsFinal(session)));
        }
        Ok(())
    }

    fn attributes(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (session, object) = (self.session(input)?, self.object(input)?);
        let (mut template, mut buffer) = (Template::read(input)?, Buffer::read(input)?);
        let mut item = CK_ATTRIBUTE {
            type_: CK_ATTRIBUTE_TYPE::from(u16::arbitrary(input)? % 0x700),
            pValue: buffer.data().cast(),
            ulValueLen: 0,
        };
        if !buffer.len().is_null() {
            // SAFETY: it is not NULL, and points to a number.
            item.ulValueLen = unsafe { *buffer.len() };
            check_code(call!(
                self.C_GetAttributeValue(session, object, &mut item, 1)
            ));
        }
        check_code(call!(self.C_SetAttributeValue(
            session,
            object,
            template.pointer(),
            template.count()
        )));
        let mut size = Handle::read(input)?;
        let code = call!(self.C_GetObjectSize(session, object, size.pointer()));
        size.check(code);
        Ok(())
    }

    fn initialize(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (session, key) = (self.session(input)?, self.object(input)?);
        let mut mechanism = Mechanism::read(input)?;
        let mechanism = mechanism.pointer();
        check_code(match u8::arbitrary(input)? % 5 {
            0 => call!(self.C_VerifyInit(session, mechanism, key)),
            1 => call!(self.C_EncryptInit(session, mechanism, key)),
            2 => call!(self.C_DecryptInit(session, mechanism, key)),
            3 => call!(self.C_DigestInit(session, mechanism)),
            _ => call!(self.C_SignInit(session, mechanism, key)),
        });
        Ok(())
    }

    fn whole(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let session = self.session(input)?;
        let (data, mut output) = (self.data(input)?, Buffer::read(input)?);
        let (pointer, len, to, to_len) = (data.pointer(), data.len, output.data(), output.len());
        let function = u8::arbitrary(input)? % 4;
        let code = match function {
            ENCRYPT => call!(self.C_Encrypt(session, pointer, len, to, to_len)),
            DECRYPT => call!(self.C_Decrypt(session, pointer, len, to, to_len)),
            2 => call!(self.C_Digest(session, pointer, len, to, to_len)),
            _ => call!(self.C_Sign(session, pointer, len, to, to_len)),
        };
        output.check(code);
        match (function, output.output(code)) {
            (ENCRYPT, Some(ciphertext)) => self
                .encrypted
                .push((data.bytes().to_vec(), ciphertext.to_vec())),
            (DECRYPT, Some(plaintext)) => self.check_plaintext(data.bytes(), plaintext),
            _ => {}
        }
        Ok(())
    }

    /// In some cases a ciphertext of this run.
    fn data(&self, input: &mut Unstructured<'_>) -> Result<Bytes> {
        match self.encrypted.last() {
            Some((_, ciphertext)) if bool::arbitrary(input)? => Ok(Bytes::of(ciphertext.clone())),
            _ => Bytes::read(input),
        }
    }

    /// A ciphertext of this run has its plaintext only.
    fn check_plaintext(&self, ciphertext: &[u8], plaintext: &[u8]) {
        let mut encrypted = self.encrypted.iter();
        let known = encrypted.find(|(_, known)| known == ciphertext);
        if let Some((expected, _)) = known.filter(|_| !self.has_corrupted) {
            assert_eq!(plaintext, expected);
        }
    }

    fn part(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let session = self.session(input)?;
        let (data, mut output) = (Bytes::read(input)?, Buffer::read(input)?);
        let (pointer, len, to, to_len) = (data.pointer(), data.len, output.data(), output.len());
        match u8::arbitrary(input)? % 5 {
            0 => output.check(call!(
                self.C_EncryptUpdate(session, pointer, len, to, to_len)
            )),
            1 => output.check(call!(
                self.C_DecryptUpdate(session, pointer, len, to, to_len)
            )),
            2 => check_code(call!(self.C_DigestUpdate(session, pointer, len))),
            3 => check_code(call!(self.C_VerifyUpdate(session, pointer, len))),
            _ => check_code(call!(self.C_SignUpdate(session, pointer, len))),
        }
        Ok(())
    }

    fn last(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (session, mut output) = (self.session(input)?, Buffer::read(input)?);
        let (to, len) = (output.data(), output.len());
        let code = match u8::arbitrary(input)? % 4 {
            0 => call!(self.C_EncryptFinal(session, to, len)),
            1 => call!(self.C_DecryptFinal(session, to, len)),
            2 => call!(self.C_DigestFinal(session, to, len)),
            _ => call!(self.C_SignFinal(session, to, len)),
        };
        output.check(code);
        Ok(())
    }

    fn verify(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let session = self.session(input)?;
        let (data, signature) = (Bytes::read(input)?, Bytes::read(input)?);
        let (pointer, len) = (signature.pointer(), signature.len);
        let code = match bool::arbitrary(input)? {
            true => call!(self.C_VerifyFinal(session, pointer, len)),
            false => call!(self.C_Verify(session, data.pointer(), data.len, pointer, len)),
        };
        check_code(code);
        assert_ne!(code, CKR_OK, "an invented signature is valid");
        Ok(())
    }

    fn generate(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let session = self.session(input)?;
        let mut mechanism = Mechanism::read(input)?;
        let (mut public, mut private) = (Template::read(input)?, Template::read(input)?);
        let (mut first, mut second) = (Handle::read(input)?, Handle::read(input)?);
        let code = call!(self.C_GenerateKeyPair(
            session,
            mechanism.pointer(),
            public.pointer(),
            public.count(),
            private.pointer(),
            private.count(),
            first.pointer(),
            second.pointer()
        ));
        self.objects.extend(
            [first.check(code), second.check(code)]
                .into_iter()
                .flatten(),
        );
        Ok(())
    }

    fn destroy(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (session, object) = (self.session(input)?, self.object(input)?);
        let mut template = Template::read(input)?;
        let mut copy = Handle::read(input)?;
        let (attributes, count) = (template.pointer(), template.count());
        let code = call!(self.C_CopyObject(session, object, attributes, count, copy.pointer()));
        copy.check(code);
        let code = call!(self.C_CreateObject(session, attributes, count, copy.pointer()));
        copy.check(code);
        let code = call!(self.C_DestroyObject(session, object));
        check_code(code);
        self.has_removed |= code == CKR_OK;
        Ok(())
    }

    fn random(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (session, bytes) = (self.session(input)?, Bytes::read(input)?);
        let mut buffer = [0; 100];
        let len = u8::arbitrary(input)? % 101;
        check_code(call!(self.C_GenerateRandom(
            session,
            buffer.as_mut_ptr(),
            len.into()
        )));
        check_code(call!(self.C_SeedRandom(
            session,
            bytes.pointer(),
            bytes.len
        )));
        Ok(())
    }

    fn slots(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let slot = u8::arbitrary(input)? % 3;
        let mechanism = u16::arbitrary(input)?;
        let (mut count, mut list) = (4, [0; 4]);
        check_code(call!(self.C_GetSlotList(
            slot,
            list.as_mut_ptr(),
            &mut count
        )));
        check_code(call!(self.C_GetMechanismList(
            slot.into(),
            list.as_mut_ptr(),
            &mut count
        )));
        let mut info = CK_MECHANISM_INFO::default();
        check_code(call!(self.C_GetMechanismInfo(
            slot.into(),
            mechanism.into(),
            &mut info
        )));
        let mut token = CK_TOKEN_INFO::default();
        check_code(call!(self.C_GetTokenInfo(slot.into(), &mut token)));
        check_code(call!(self.C_GetTokenInfo(slot.into(), ptr::null_mut())));
        Ok(())
    }

    /// The next run begins in the same state.
    pub fn end(self) {
        check_code(call!(self.C_CloseAllSessions(0)));
        if self.has_removed {
            check_code(call!(self.C_Finalize(ptr::null_mut())));
            initialize(self.functions);
        }
    }
}
