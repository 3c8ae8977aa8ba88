import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** Signs a file: java Sign KEY FILE > signature. */
public final class Sign {
  private Sign() {}

  public static void main(String[] args) throws IOException, GeneralSecurityException {
    if (args.length != 2) {
      System.err.println("usage: Sign KEY FILE");
      System.exit(2);
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Path.of(args[1])));
    try (Client client = new Client()) {
      System.out.write(client.sign(args[0], digest));
      System.out.flush();
    } catch (IllegalStateException error) {
      System.err.println(error.getMessage());
      System.exit(1);
    }
  }
}
