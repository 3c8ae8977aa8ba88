/* Loads a PKCS#11 module, and signs with one of its keys. A failed call other than a signature ends the program. */
#ifndef MODULE_H
#define MODULE_H

#include <p11-kit/pkcs11.h>

extern CK_FUNCTION_LIST *module;

/* Loads the module and returns the handle of dlopen(). */
void *load(const char *path);

/* Calls C_Initialize for a program with threads. */
void initialize(void);

/* Opens a session with the first token. */
CK_SESSION_HANDLE open_session(void);
CK_SESSION_HANDLE open_writable_session(void);

/* Finds the only object of a class with a label. */
CK_OBJECT_HANDLE find_object(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, const char *label);

/* Finds the private key with a label. */
CK_OBJECT_HANDLE find_key(CK_SESSION_HANDLE session, const char *label);

/* Signs the SHA-256 digest of "a document\n" by CKM_ECDSA. */
CK_RV sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, unsigned char signature[64]);

/* Signs and prints the signature in hexadecimal digits on a line of its own. */
void sign_and_print(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);

/* Ends the program unless the code is CKR_OK. */
void check(const char *call, CK_RV code);

#endif
