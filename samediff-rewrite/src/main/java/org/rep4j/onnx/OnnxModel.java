package org.rep4j.onnx;

public final class OnnxModel {}
