package org.rep4j.importer;

import java.nio.file.Path;

/** The importer did not import a model: it threw, crashed, hung or was killed. */
public final class ImportFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ImportFailedException(Path model, String what) {
        super(message(model, what));
    }

    ImportFailedException(Path model, String what, Throwable cause) {
        super(message(model, what), cause);
    }

    private static String message(Path model, String what) {
        return model + " cannot be imported: samediff-import-onnx " + what;
    }
}
