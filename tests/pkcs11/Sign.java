import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Signs a document: DOCUMENT (KEY ALGORITHM)... Writes each signature to KEY.ALGORITHM. */
public class Sign {
    private static final PSSParameterSpec PSS = new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    public static void main(String[] arguments) throws Exception {
        var provider = Security.getProvider("SunPKCS11").configure("pkcs11.cfg");
        Security.addProvider(provider);
        var store = KeyStore.getInstance("PKCS11", provider);
        store.load(null, null);
        var document = Files.readAllBytes(Path.of(arguments[0]));
        for (int index = 1; index < arguments.length; index += 2) {
            sign(store, document, arguments[index], arguments[index + 1]);
        }
    }

    private static void sign(KeyStore store, byte[] document, String name, String algorithm) throws Exception {
        // ECDSA without a digest of its own signs a digest.
        var data = algorithm.startsWith("NONE")
                ? MessageDigest.getInstance("SHA-256").digest(document) : document;
        // The key selects the provider, so parameters are set after it.
        var signer = Signature.getInstance(algorithm);
        signer.initSign((PrivateKey) store.getKey(name, null));
        setParameters(signer);
        signer.update(data);
        var signature = signer.sign();
        Files.write(Path.of(name + "." + algorithm), signature);
        var verifier = Signature.getInstance(algorithm);
        verifier.initVerify(store.getCertificate(name));
        setParameters(verifier);
        verifier.update(data);
        System.out.println(name + " " + algorithm + (verifier.verify(signature) ? " verified" : " failed"));
    }

    private static void setParameters(Signature signature) throws Exception {
        if (signature.getAlgorithm().equals("RSASSA-PSS")) {
            signature.setParameter(PSS);
        }
    }
}
