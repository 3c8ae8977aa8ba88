import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

/** A client with the settings of the environment and the config file. Threads may share it. */
final class Client implements AutoCloseable {
  private final Scwkms library = Scwkms.load();
  private final long handle;

  Client() {
    PointerByReference error = new PointerByReference();
    handle = library.scwkms_open("scwkms:", error);
    check(error);
  }

  /** Signs a digest, which must be as long as the key's hash. */
  byte[] sign(String key, byte[] digest) {
    PointerByReference error = new PointerByReference();
    Scwkms.Buffer signature = new Scwkms.Buffer();
    library.scwkms_sign(handle, key, 0, digest, new Scwkms.Size(digest.length), signature, error);
    check(error);
    try {
      return signature.bytes();
    } finally {
      library.scwkms_buffer_free(signature);
    }
  }

  @Override
  public void close() {
    library.scwkms_free(handle);
  }

  /** Throws an error that a function has written. */
  private void check(PointerByReference written) {
    Pointer error = written.getValue();
    if (error == null) {
      return;
    }
    try {
      throw new IllegalStateException(library.scwkms_error_message(error));
    } finally {
      library.scwkms_error_free(error);
    }
  }
}
