/* SPDX-License-Identifier: Apache-2.0 */
/* test_cwmp.c - TR-069 in HTTP: a device informs and is told what to fetch; other XML is none. */
#include "macros.h"
#include "rows.h"

#define INFORM "POST /acs HTTP/1.1\r\nHost: acs.example\r\nContent-Type: text/xml; charset=utf-8\r\nContent-" \
    "Length: 776\r\n\r\n<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/s" \
    "oap/envelope/\" xmlns:cwmp=\"urn:dslforum-org:cwmp-1-2\"><s:Header><cwmp:ID s:mustUnderstand" \
    "=\"1\">7</cwmp:ID></s:Header><s:Body><cwmp:Inform><DeviceId><Manufacturer>Acme</Manufacturer" \
    "><OUI>00005E</OUI><ProductClass>CPE-5</ProductClass><SerialNumber>SN0042</SerialNumber></Dev" \
    "iceId><Event><EventStruct><EventCode>2 PERIODIC</EventCode><CommandKey/></EventStruct></Even" \
    "t><ParameterList><ParameterValueStruct><Name>Device.DeviceInfo.SoftwareVersion</Name><Value " \
    "xsi:type=\"xsd:string\">V1.04</Value></ParameterValueStruct><ParameterValueStruct><Name>Devi" \
    "ce.ManagementServer.ConnectionRequestURL</Name><Value>http://100.64.1.2:7547/a</Value></Para" \
    "meterValueStruct></ParameterList></cwmp:Inform></s:Body></s:Envelope>"
#define DOWNLOAD "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 354\r\n\r\n<s:Envelope xmlns:s=" \
    "\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:cwmp='urn:dslforum-org:cwmp-1-0'><s:Body" \
    "><cwmp:Download><CommandKey>u1</CommandKey><FileType>1 Firmware Upgrade Image</FileType><URL" \
    ">http://198.51.100.9/fw.bin?a=1&amp;b=2</URL><Username>u</Username><Password>p</Password><Fi" \
    "leSize>1000</FileSize></cwmp:Download></s:Body></s:Envelope>"
#define DOWNLOAD_CHUNKED "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n162\r\n<s:Env" \
    "elope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:cwmp='urn:dslforum-org:cwm" \
    "p-1-0'><s:Body><cwmp:Download><CommandKey>u1</CommandKey><FileType>1 Firmware Upgrade Image<" \
    "/FileType><URL>http://198.51.100.9/fw.bin?a=1&amp;b=2</URL><Username>u</Username><Password>p" \
    "</Password><FileSize>1000</FileSize></cwmp:Download></s:Body></s:Envelope>\r\n0\r\n\r\n"
#define OTHER "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 131\r\n\r\n<s:Envelope xmlns:s=" \
    "\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><u:Play><URL>http://x/</URL></u:Play><" \
    "/s:Body></s:Envelope>"
#define OTHER_TYPE "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 354\r\n\r\n<s:Envelope xmlns:s" \
    "=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:cwmp='urn:dslforum-org:cwmp-1-0'><s:Bod" \
    "y><cwmp:Download><CommandKey>u1</CommandKey><FileType>1 Firmware Upgrade Image</FileType><UR" \
    "L>http://198.51.100.9/fw.bin?a=1&amp;b=2</URL><Username>u</Username><Password>p</Password><F" \
    "ileSize>1000</FileSize></cwmp:Download></s:Body></s:Envelope>"
#define COMPLETE "POST /acs HTTP/1.1\r\nHost: acs.example\r\nContent-Type: text/xml; charset=utf-8\r\nContent-" \
    "Length: 229\r\n\r\n<s:Envelope xmlns:cwmp=\"urn:dslforum-org:cwmp-1-0\"><s:Body><cwmp:Transf" \
    "erComplete><CommandKey>u1</CommandKey><FaultStruct><FaultCode>9010</FaultCode></FaultStruct>" \
    "<URL>http://x/</URL></cwmp:TransferComplete></s:Body></s:Envelope>"
#define CUT "POST /acs HTTP/1.1\r\nHost: acs.example\r\nContent-Type: text/xml; charset=utf-8\r\nContent-" \
    "Length: 71\r\n\r\n<s:Envelope xmlns:cwmp=\"urn:dslforum-org:cwmp-1-0\"><s:Body><cwmp:Reboot"
#define EMPTY "POST /acs HTTP/1.1\r\nHost: acs.example\r\nContent-Type: text/xml; charset=utf-8\r\nContent-" \
    "Length: 0\r\n\r\n"

#define POSTED(len) "http.host=acs.example\nhttp.content_type=text/xml; charset=utf-8\nhttp.content_length=" len \
    "\nhttp.method=POST\nhttp.path=/acs\nhttp.request=POST acs.example/acs\n"
#define SAID(len) "http.status=200\nhttp.content_type=text/xml\nhttp.content_length=" len "\n"
#define INFORMED POSTED("776") "cwmp.version=1-2\ncwmp.rpc=Inform\ncwmp.manufacturer=Acme\ncwmp.oui=00005E\n" \
    "cwmp.product_class=CPE-5\ncwmp.serial=SN0042\ncwmp.event=2 PERIODIC\ncwmp.software_version=V1.04\n" \
    "cwmp.connection_request_url=http://100.64.1.2:7547/a\n"
#define FETCHES "cwmp.rpc=Download\ncwmp.file_type=1 Firmware Upgrade Image\n" \
    "cwmp.download_url=http://198.51.100.9/fw.bin?a=1&b=2\n"

static const struct row rows[] = {
	{ "who it is, and what it is to fetch", false, 7547, { UP(INFORM), DOWN(DOWNLOAD) }, PARSE_MORE,
	    INFORMED SAID("354") FETCHES, false },
	{ "in chunks", false, 7547, { UP(INFORM), DOWN(DOWNLOAD_CHUNKED) }, PARSE_MORE,
	    INFORMED "http.status=200\nhttp.content_type=text/xml\n" FETCHES, false },
	{ "other SOAP", false, 7547, { UP(EMPTY), DOWN(OTHER) }, PARSE_MORE, POSTED("0") SAID("131"), false },
	{ "other types are not looked into", false, 7547, { UP(EMPTY), DOWN(OTHER_TYPE) }, PARSE_MORE,
	    POSTED("0") "http.status=200\nhttp.content_type=text/html\nhttp.content_length=354\n", false },
	{ "a transfer that failed", false, 7547, { UP(COMPLETE) }, PARSE_MORE, POSTED("229")
	    "cwmp.version=1-0\ncwmp.rpc=TransferComplete\ncwmp.fault=9010\n", false },
	{ "a tag that is cut off", false, 7547, { UP(CUT) }, PARSE_MORE, POSTED("71") "cwmp.version=1-0\n", false },
};

int
main(void)
{
	return rows_run("cwmp", PARSER_http, rows, ARRAY_LEN(rows));
}
