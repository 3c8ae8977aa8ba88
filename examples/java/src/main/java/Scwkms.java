import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;

/** The functions of scwkms.h that the example calls. JNA finds libscwkms.so in the folders of jna.library.path. */
interface Scwkms extends Library {
  int ABI_VERSION = 2;

  /** Loads the library. */
  static Scwkms load() {
    Scwkms library = Native.load("scwkms", Scwkms.class);
    if (library.scwkms_abi_version() != ABI_VERSION) {
      throw new IllegalStateException("libscwkms.so has another ABI version than " + ABI_VERSION);
    }
    return library;
  }

  int scwkms_abi_version();

  long scwkms_open(String uri, PointerByReference error);

  int scwkms_sign(long client, String key, int algorithm, byte[] digest, Size length, Buffer signature,
      PointerByReference error);

  void scwkms_free(long client);

  void scwkms_buffer_free(Buffer buffer);

  String scwkms_error_message(Pointer error);

  void scwkms_error_free(Pointer error);

  /** size_t. */
  class Size extends IntegerType {
    public Size() {
      this(0);
    }

    public Size(long value) {
      super(Native.SIZE_T_SIZE, value, true);
    }
  }

  /** scwkms_buffer. */
  @Structure.FieldOrder({"data", "len"})
  class Buffer extends Structure {
    public Pointer data;
    public Size len;

    byte[] bytes() {
      return data.getByteArray(0, len.intValue());
    }
  }
}
