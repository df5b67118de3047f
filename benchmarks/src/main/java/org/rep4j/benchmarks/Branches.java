package org.rep4j.benchmarks;

/** Adds the branches of a block one by one and keeps their sum. */
final class Branches {
    private final NetBuilder net;
    private final String name;
    private String sum = "";
    private int count;

    Branches(NetBuilder net, String name) {
        this.net = net;
        this.name = name;
    }

    void add(String branch) {
        sum = count == 0 ? branch : net.add(name + ".sum" + count, sum, branch);
        count++;
    }

    String sum() {
        return sum;
    }

    String activated() {
        return net.relu(name + ".relu", sum);
    }
}
